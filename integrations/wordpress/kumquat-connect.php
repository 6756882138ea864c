<?php
/**
 * Plugin Name: Kumquat Connect
 * Description: Lets the miniOrange 2FA plugin of this site ask your own Kumquat server. Works with that plugin; not made, endorsed or supported by miniOrange.
 * Version: 1.0.0
 * Requires at least: 5.2
 * Requires PHP: 7.4
 * Author: The Kumquat contributors
 * License: GPL-2.0-or-later
 * License URI: https://www.gnu.org/licenses/old-licenses/gpl-2.0.html
 * Text Domain: kumquat-connect
 *
 * Save this one file as wp-content/mu-plugins/kumquat-connect.php, sign the plugin in again, and look at Tools > Kumquat.
 * It makes no call of its own. Delete it, and the plugin is as it was.
 *
 * Nobody may be locked out by it: while people are enrolled on the site itself, the plugin keeps its own mode, and while
 * they depend on the server that the plugin is signed in to now, it keeps that server too.
 *
 * @package KumquatConnect
 */

if ( ! defined( 'ABSPATH' ) ) {
	exit;
}

if ( ! defined( 'KUMQUAT_CONNECT_VERSION' ) ) : // A second copy of this file does nothing, rather than end every request.

	define( 'KUMQUAT_CONNECT_VERSION', '1.0.0' );

	if ( ! defined( 'KUMQUAT_CONNECT_SERVER' ) ) {
		define( 'KUMQUAT_CONNECT_SERVER', '__KUMQUAT_URL__' );
	}

	define( 'KUMQUAT_CONNECT_ENROLLED', 'mo2f_user_2fa_data' ); // The plugin's own notes on a user, since its version 6.0.8.
	define( 'KUMQUAT_CONNECT_MARK', 'kumquat_connect_method' ); // Beside them: the method that was enrolled with our server.
	define( 'KUMQUAT_CONNECT_CENSUS', 'kumquat_connect_census' );
	define( 'KUMQUAT_CONNECT_MOST', 50 ); // Entries in the list of stopped calls.

	/* -- What is so on this site ------------------------------------------------------------------------------------ */

	/**
	 * The server's address without a slash at its end; empty while this copy of the file holds none.
	 */
	function kumquat_connect_server() {
		$server = rtrim( KUMQUAT_CONNECT_SERVER, '/' );
		return preg_match( '#^https?://[^/\s\'"<>]+$#', $server ) ? $server : '';
	}

	/**
	 * What this request does, decided once, before the plugin reads its options.
	 *
	 * 'held': why nothing is changed at all ('' when we do act). 'mode': cloud or onprem, as the plugin will run.
	 * 'moved': whether the cloud mode is our doing. 'elsewhere': people enrolled on the site or at another server, null
	 * when that could not be read. 'old': the plugin keeps its users in a table of its own.
	 */
	function kumquat_connect_plan() {
		static $plan = null;
		if ( null !== $plan ) {
			return $plan;
		}
		$own    = kumquat_connect_own_mode();
		$server = kumquat_connect_server();
		$named  = defined( 'MO_HOST_NAME' ) ? constant( 'MO_HOST_NAME' ) : '';
		$census = kumquat_connect_census();
		if ( '' !== $server && $named === $server && 'cloud' === $own && $census && $census['all'] > 0 ) {
			// Connected by hand before: whoever is enrolled is enrolled with our server.
			kumquat_connect_adopt();
			$census = kumquat_connect_census();
		}
		$held  = kumquat_connect_reason_to_wait( $named, $own, $census );
		$moved = '' === $held && $census && ! $census['old'] && 0 === $census['all'];
		$plan  = array(
			'held'      => $held,
			'mode'      => $moved ? 'cloud' : $own,
			'moved'     => $moved,
			'elsewhere' => $census ? $census['all'] : null,
			'old'       => $census ? $census['old'] : false,
		);
		return $plan;
	}

	/**
	 * Why nothing may be changed now: no address, another address in wp-config.php, people who need the other server.
	 */
	function kumquat_connect_reason_to_wait( $named, $own, $census ) {
		$server = kumquat_connect_server();
		if ( '' === $server ) {
			return 'no-address';
		}
		if ( '' !== $named ) {
			return $named === $server ? '' : 'other-address';
		}
		$depend = 1;
		if ( $census ) {
			$depend = 'cloud' === $own ? $census['all'] : $census['sent'];
		}
		return $depend > 0 && '' !== kumquat_connect_number() && ! kumquat_connect_is_signed_in() ? 'other-server' : '';
	}

	/**
	 * The mode that the plugin chooses by itself. Versions before 5 knew no other than the cloud, and named its host.
	 */
	function kumquat_connect_own_mode() {
		$stored = get_option( 'is_onprem', null );
		if ( null === $stored ) {
			return get_option( 'mo2f_host_name', '' ) ? 'cloud' : 'onprem';
		}
		return $stored ? 'onprem' : 'cloud';
	}

	/**
	 * The customer's number that the plugin is signed in with, at whatever server.
	 */
	function kumquat_connect_number() {
		return (string) get_site_option( 'mo2f_customerKey', '' );
	}

	/**
	 * Whether our server has accepted a call signed with the plugin's present number, and has not refused one since.
	 */
	function kumquat_connect_is_signed_in() {
		$notes = kumquat_connect_notes();
		return '' !== kumquat_connect_number() && kumquat_connect_number() === $notes['accepted'];
	}

	/**
	 * What is remembered of our server's answers.
	 */
	function kumquat_connect_notes() {
		$notes = get_site_option( 'kumquat_connect', array() );
		return array_merge(
			array(
				'accepted' => '',
				'at'       => 0,
				'code'     => 0,
			),
			is_array( $notes ) ? $notes : array()
		);
	}

	/* -- Who is enrolled, and where --------------------------------------------------------------------------------- */

	/**
	 * How many people are enrolled elsewhere: 'all', and 'sent' of them by text message or call, which on-site mode too
	 * leaves to a server. Null when it could not be read. Kept for five minutes; admin pages always look anew.
	 */
	function kumquat_connect_census() {
		$kept = get_transient( KUMQUAT_CONNECT_CENSUS );
		if ( is_array( $kept ) && ! is_admin() ) {
			return $kept;
		}
		$enrolled = kumquat_connect_enrolled_elsewhere();
		if ( null === $enrolled ) {
			return null;
		}
		$old    = kumquat_connect_old_table();
		$all    = array_merge( array_values( $enrolled ), (array) $old );
		$census = array(
			'all'  => count( $all ),
			'sent' => count( preg_grep( '/SMS|PHONE/i', $all ) ),
			'old'  => null !== $old,
		);
		if ( $census !== $kept ) {
			set_transient( KUMQUAT_CONNECT_CENSUS, $census, 300 );
		}
		return $census;
	}

	/**
	 * The methods of everybody enrolled whose method was not enrolled with our server, by user id; null when unreadable.
	 */
	function kumquat_connect_enrolled_elsewhere() {
		global $wpdb;
		$query = "SELECT user_id, meta_key, meta_value FROM {$wpdb->usermeta} WHERE meta_key IN (%s, %s)";
		$rows  = $wpdb->get_results( $wpdb->prepare( $query, KUMQUAT_CONNECT_ENROLLED, KUMQUAT_CONNECT_MARK ) ); // phpcs:ignore WordPress.DB -- kept in a transient; the name of the table is WordPress's own.
		if ( ! is_array( $rows ) || '' !== (string) $wpdb->last_error ) {
			return null;
		}
		$enrolled = array();
		$marked   = array();
		foreach ( $rows as $row ) {
			if ( KUMQUAT_CONNECT_MARK === $row->meta_key ) {
				$marked[ $row->user_id ] = $row->meta_value;
			} elseif ( kumquat_connect_method( maybe_unserialize( $row->meta_value ) ) ) {
				$enrolled[ $row->user_id ] = kumquat_connect_method( maybe_unserialize( $row->meta_value ) );
			}
		}
		return array_diff_assoc( $enrolled, $marked );
	}

	/**
	 * The methods in the table that versions before 6.0.8 keep, or null when there is no such table.
	 *
	 * Nobody can be marked there, so on such a version we never change the mode: whoever enrolled with us would look like
	 * one who enrolled on the site.
	 */
	function kumquat_connect_old_table() {
		global $wpdb;
		$table = $wpdb->base_prefix . 'mo2f_user_details';
		if ( $wpdb->get_var( $wpdb->prepare( 'SHOW TABLES LIKE %s', $wpdb->esc_like( $table ) ) ) !== $table ) { // phpcs:ignore WordPress.DB
			return null;
		}
		return (array) $wpdb->get_col( "SELECT mo2f_configured_2FA_method FROM {$table} WHERE mo2f_configured_2FA_method <> ''" ); // phpcs:ignore WordPress.DB
	}

	/**
	 * The method by which the plugin would ask a user with these notes, or '' for one who is not enrolled.
	 */
	function kumquat_connect_method( $notes ) {
		$status = is_array( $notes ) && isset( $notes['mo_2factor_user_registration_status'] ) ? $notes['mo_2factor_user_registration_status'] : '';
		if ( 'MO_2_FACTOR_PLUGIN_SETTINGS' !== $status ) {
			return '';
		}
		return empty( $notes['mo2f_configured_2FA_method'] ) ? 'UNKNOWN' : (string) $notes['mo2f_configured_2FA_method'];
	}

	/**
	 * Mark everybody who is enrolled as enrolled with our server.
	 */
	function kumquat_connect_adopt() {
		foreach ( (array) kumquat_connect_enrolled_elsewhere() as $user_id => $method ) {
			update_user_meta( $user_id, KUMQUAT_CONNECT_MARK, $method );
		}
		delete_transient( KUMQUAT_CONNECT_CENSUS );
	}

	/**
	 * Whoever enrols while our server does the asking is marked, so that the mode does not change under them.
	 */
	function kumquat_connect_on_enrolled( $meta_id, $user_id, $key, $value ) {
		if ( KUMQUAT_CONNECT_ENROLLED !== $key ) {
			return;
		}
		$plan   = kumquat_connect_plan();
		$method = kumquat_connect_method( $value );
		if ( $plan['moved'] && '' !== $method ) {
			update_user_meta( $user_id, KUMQUAT_CONNECT_MARK, $method );
		}
		delete_transient( KUMQUAT_CONNECT_CENSUS );
	}

	/**
	 * Whoever is taken off the plugin's list loses the mark.
	 */
	function kumquat_connect_on_reset( $meta_ids, $user_id, $key ) {
		if ( KUMQUAT_CONNECT_ENROLLED === $key ) {
			delete_user_meta( $user_id, KUMQUAT_CONNECT_MARK );
			delete_transient( KUMQUAT_CONNECT_CENSUS );
		}
	}

	/**
	 * No enrolment is kept while our server refuses the plugin's key: the plugin notes one even after a refusal, and
	 * would then ask for what nobody can check.
	 */
	function kumquat_connect_refuse_enrolment( $check, $user_id, $key, $value ) {
		$is_enrolment = KUMQUAT_CONNECT_ENROLLED === $key && '' !== kumquat_connect_method( $value );
		return $is_enrolment && ! kumquat_connect_is_signed_in() ? false : $check;
	}

	/**
	 * Nobody is made to enrol until enrolments can be kept.
	 */
	function kumquat_connect_pause_enrolment( $value ) {
		return kumquat_connect_is_signed_in() ? $value : 1;
	}

	/* -- Calls ------------------------------------------------------------------------------------------------------ */

	/**
	 * Whether a call goes to our server: same scheme, host and port.
	 */
	function kumquat_connect_is_ours( $url ) {
		return '' !== kumquat_connect_server() && kumquat_connect_origin( $url ) === kumquat_connect_origin( kumquat_connect_server() );
	}

	/**
	 * Scheme, host and port of an address, as one text.
	 */
	function kumquat_connect_origin( $url ) {
		$parts  = array_merge(
			array(
				'scheme' => '',
				'host'   => '',
			),
			(array) wp_parse_url( $url )
		);
		$scheme = strtolower( $parts['scheme'] );
		$port   = isset( $parts['port'] ) ? (int) $parts['port'] : ( 'https' === $scheme ? 443 : 80 );
		return $scheme . '://' . rtrim( strtolower( $parts['host'] ), '.' ) . ':' . $port;
	}

	/**
	 * Calls to our server: certificates are checked, nobody waits for minutes, and we say who calls.
	 */
	function kumquat_connect_call_arguments( $arguments, $url ) {
		if ( ! kumquat_connect_is_ours( $url ) ) {
			return $arguments;
		}
		$headers = isset( $arguments['headers'] ) ? $arguments['headers'] : array();
		if ( is_array( $headers ) ) {
			$headers['X-Kumquat-Connect'] = kumquat_connect_header();
		} else {
			$headers = rtrim( $headers ) . "\r\nX-Kumquat-Connect: " . kumquat_connect_header();
		}
		$arguments['headers']   = $headers;
		$arguments['sslverify'] = true;
		$arguments['timeout']   = min( 30, isset( $arguments['timeout'] ) ? (float) $arguments['timeout'] : 10 );
		return $arguments;
	}

	/**
	 * Some sites switch certificate checks off for every call; for calls to our server they stay on.
	 */
	function kumquat_connect_verify( $verify, $url ) {
		return false === $verify && kumquat_connect_is_ours( $url ) ? ABSPATH . WPINC . '/certificates/ca-bundle.crt' : $verify;
	}

	/**
	 * The facts that the connect page of the dashboard shows: versions, mode, people enrolled elsewhere.
	 */
	function kumquat_connect_header() {
		$plan   = kumquat_connect_plan();
		$plugin = substr( preg_replace( '/[^A-Za-z0-9_.]/', '', kumquat_connect_plugin_version() ), 0, 32 );
		$facts  = KUMQUAT_CONNECT_VERSION . ( '' === $plugin ? '' : "; plugin=$plugin" ) . "; mode={$plan['mode']}";
		return null === $plan['elsewhere'] ? $facts : "$facts; users-on-site={$plan['elsewhere']}";
	}

	/**
	 * The plugin's version as its own file says, for its constant lags behind; '' when it is not installed.
	 */
	function kumquat_connect_plugin_version() {
		$file = WP_PLUGIN_DIR . '/miniorange-2-factor-authentication/miniorange_2_factor_settings.php';
		if ( ! is_readable( $file ) ) {
			return '';
		}
		$data = get_file_data( $file, array( 'version' => 'Version' ) );
		return (string) $data['version'];
	}

	/**
	 * Refuse calls to the vendor's hosts, and note which.
	 */
	function kumquat_connect_stop( $answer, $arguments, $url ) {
		$host   = rtrim( strtolower( (string) wp_parse_url( $url, PHP_URL_HOST ) ), '.' );
		$theirs = 1 === preg_match( '/(^|\.)(xecurify\.com|miniorange\.(com|in))$/', $host ) && ! kumquat_connect_is_ours( $url );
		/**
		 * Lets a site with other plugins of the vendor's allow calls that these need.
		 *
		 * @param bool   $theirs Whether the call is refused.
		 * @param string $url    Where it goes.
		 */
		if ( false !== $answer || ! apply_filters( 'kumquat_connect_refuses', $theirs, $url ) ) {
			return $answer;
		}
		kumquat_connect_note_stopped( $host, (string) wp_parse_url( $url, PHP_URL_PATH ) );
		return new WP_Error( 'kumquat_connect_stopped', "Kumquat Connect does not let this site call $host." );
	}

	/**
	 * Count a stopped call by its host and the first part of its path, which name nobody.
	 */
	function kumquat_connect_note_stopped( $host, $path ) {
		$parts   = explode( '/', trim( $path, '/' ) );
		$place   = substr( $host . '/' . $parts[0], 0, 120 );
		$stopped = get_site_option( 'kumquat_connect_stopped', array() );
		$stopped = is_array( $stopped ) ? $stopped : array();
		$times   = isset( $stopped[ $place ]['times'] ) ? (int) $stopped[ $place ]['times'] : 0;
		unset( $stopped[ $place ] );
		$stopped[ $place ] = array(
			'times' => $times + 1,
			'at'    => time(),
		);
		update_site_option( 'kumquat_connect_stopped', array_slice( $stopped, -KUMQUAT_CONNECT_MOST, null, true ) );
	}

	/**
	 * Remember how our server answered: when, and whether it takes the plugin's key.
	 */
	function kumquat_connect_note_answer( $response, $context, $transport, $arguments, $url ) {
		if ( ! kumquat_connect_is_ours( $url ) ) {
			return;
		}
		$notes  = kumquat_connect_notes();
		$now    = array(
			'accepted' => $notes['accepted'],
			'at'       => time(),
			'code'     => is_wp_error( $response ) ? 0 : (int) wp_remote_retrieve_response_code( $response ),
		);
		$number = isset( $arguments['headers']['Customer-Key'] ) ? (string) $arguments['headers']['Customer-Key'] : '';
		if ( '' !== $number && kumquat_connect_number() === $number ) {
			$known           = array(
				200 => $number,
				401 => '',
			);
			$now['accepted'] = isset( $known[ $now['code'] ] ) ? $known[ $now['code'] ] : $notes['accepted'];
		}
		$is_news = $now['accepted'] !== $notes['accepted'] || $now['code'] !== $notes['code'];
		if ( $is_news || $now['at'] - $notes['at'] > 60 ) {
			update_site_option( 'kumquat_connect', $now );
		}
	}

	/* -- The plugin defines its host without asking whether it is defined --------------------------------------------- */

	/**
	 * Swallow that one warning while the plugin's main file loads; all else goes to whoever handled errors before.
	 */
	function kumquat_connect_hush() {
		$before = null;
		$ours   = static function ( $level, $message, ...$rest ) use ( &$before ) {
			if ( 0 === strpos( $message, 'Constant MO_HOST_NAME already defined' ) ) {
				return true;
			}
			return is_callable( $before ) ? (bool) call_user_func( $before, $level, $message, ...$rest ) : false;
		};
		$before = set_error_handler( $ours ); // phpcs:ignore WordPress.PHP.DevelopmentFunctions -- narrow, and taken back below.
		$give   = static function ( $file = '' ) use ( &$ours ) {
			if ( null === $ours || ( is_string( $file ) && '' !== $file && 'miniorange_2_factor_settings.php' !== basename( $file ) ) ) {
				return;
			}
			$top = set_error_handler( $ours ); // phpcs:ignore WordPress.PHP.DevelopmentFunctions -- only to see who is on top.
			restore_error_handler();
			if ( $top === $ours ) {
				restore_error_handler();
			}
			$ours = null;
		};
		add_action( 'plugin_loaded', $give );
		add_action( 'network_plugin_loaded', $give );
		add_action( 'plugins_loaded', $give, -10000, 0 );
	}

	/* -- What an administrator sees ---------------------------------------------------------------------------------- */

	/**
	 * What needs an administrator's attention, as sentences.
	 */
	function kumquat_connect_worries() {
		$plan  = kumquat_connect_plan();
		$n     = (int) $plan['elsewhere'];
		$notes = kumquat_connect_notes();
		$held  = array(
			'no-address'    => __( 'This copy of kumquat-connect.php holds no server address. Download it from your Kumquat dashboard, where it is filled in.', 'kumquat-connect' ),
			'other-address' => __( 'MO_HOST_NAME is defined with another address before this file is read. Take that line out of wp-config.php, and keep this file in wp-content/mu-plugins.', 'kumquat-connect' ),
			/* translators: %d: number of people */
			'other-server'  => sprintf( _n( '%d person still depends on the server that the plugin is signed in to now, so nothing is changed yet. When you are ready: in the plugin, open My account, remove the account, and sign in again at once with your Kumquat plugin password.', '%d people still depend on the server that the plugin is signed in to now, so nothing is changed yet. When you are ready: in the plugin, open My account, remove the account, and sign in again at once with your Kumquat plugin password.', $n, 'kumquat-connect' ), $n ),
		);
		if ( '' !== $plan['held'] ) {
			return array( $held[ $plan['held'] ] );
		}
		$worries = array();
		if ( null === $plan['elsewhere'] ) {
			$worries[] = __( 'Who is enrolled could not be read from the database, so the plugin keeps its own mode.', 'kumquat-connect' );
		} elseif ( $plan['old'] ) {
			$worries[] = __( 'This version of the plugin keeps its users in a table of its own, so it keeps its own mode too. Update it to 6.0.8 or newer.', 'kumquat-connect' );
		} elseif ( $n > 0 ) {
			/* translators: %d: number of people */
			$worries[] = sprintf( _n( '%d person is enrolled on this site itself, so the plugin keeps its own mode: nobody may be locked out. Once that person is reset on the page Users, cloud mode begins by itself, and they enrol again at their next sign-in.', '%d people are enrolled on this site itself, so the plugin keeps its own mode: nobody may be locked out. Once all of them are reset on the page Users, cloud mode begins by itself, and they enrol again at their next sign-in.', $n, 'kumquat-connect' ), $n );
		}
		if ( ! kumquat_connect_is_signed_in() ) {
			$worries[] = $plan['moved']
				? __( 'The server has not accepted the plugin’s key yet. Sign the plugin in under My account. Until then nobody is asked to enrol.', 'kumquat-connect' )
				: __( 'The server has not accepted the plugin’s key yet. Sign the plugin in under My account.', 'kumquat-connect' );
		}
		if ( $notes['at'] && 0 === $notes['code'] ) {
			$worries[] = __( 'The last call did not reach the server: name, network or certificate. People who are enrolled cannot sign in meanwhile.', 'kumquat-connect' );
		}
		if ( 0 === strpos( kumquat_connect_server(), 'http://' ) && ! preg_match( '#^http://(localhost|127\.0\.0\.1)(:|$)#', kumquat_connect_server() ) ) {
			$worries[] = __( 'The server’s address does not begin with https, so anybody on the way can read and change what is said.', 'kumquat-connect' );
		}
		return $worries;
	}

	/**
	 * A notice where an administrator is likely to look, only while something is to be done.
	 */
	function kumquat_connect_notice() {
		$screen = function_exists( 'get_current_screen' ) ? get_current_screen() : null;
		$id     = $screen ? (string) $screen->id : '';
		if ( ! current_user_can( 'manage_options' ) || ! preg_match( '/^(dashboard|plugins|users)$|mo_2fa/', $id ) ) {
			return;
		}
		foreach ( kumquat_connect_worries() as $worry ) {
			printf( '<div class="notice notice-warning"><p><strong>%s</strong> %s</p></div>', esc_html__( 'Kumquat:', 'kumquat-connect' ), esc_html( $worry ) );
		}
	}

	/**
	 * The page Tools > Kumquat.
	 */
	function kumquat_connect_menu() {
		load_muplugin_textdomain( 'kumquat-connect' );
		add_management_page( 'Kumquat', 'Kumquat', 'manage_options', 'kumquat-connect', 'kumquat_connect_page' );
	}

	/**
	 * Server, mode, people, last contact, and what was stopped.
	 */
	function kumquat_connect_page() {
		if ( ! current_user_can( 'manage_options' ) ) {
			return;
		}
		echo '<div class="wrap"><h1>Kumquat</h1><p>';
		esc_html_e( 'Which server the miniOrange 2FA plugin of this site asks, and how. This file works with that plugin; it is not made, endorsed or supported by miniOrange.', 'kumquat-connect' );
		echo '</p>';
		foreach ( kumquat_connect_worries() as $worry ) {
			printf( '<div class="notice notice-warning inline"><p>%s</p></div>', esc_html( $worry ) );
		}
		kumquat_connect_table( kumquat_connect_facts() );
		printf( '<h2>%s</h2><p>%s</p>', esc_html__( 'Stopped calls', 'kumquat-connect' ), esc_html__( 'Calls to the vendor’s own hosts: usage figures, and with them the plugin’s backup codes and Telegram, which do not work here.', 'kumquat-connect' ) );
		$stopped = array();
		foreach ( array_reverse( (array) get_site_option( 'kumquat_connect_stopped', array() ), true ) as $place => $call ) {
			/* translators: 1: how often, 2: how long ago */
			$said              = _n( '%1$d time, last %2$s ago', '%1$d times, last %2$s ago', (int) $call['times'], 'kumquat-connect' );
			$stopped[ $place ] = sprintf( $said, $call['times'], human_time_diff( $call['at'] ) );
		}
		kumquat_connect_table( $stopped ? $stopped : array( __( 'None so far', 'kumquat-connect' ) => '' ) );
		echo '</div>';
	}

	/**
	 * What the page says of server, mode and people.
	 */
	function kumquat_connect_facts() {
		$plan   = kumquat_connect_plan();
		$notes  = kumquat_connect_notes();
		$modes  = array(
			'cloud'  => __( 'cloud: the server makes and checks codes', 'kumquat-connect' ),
			'onprem' => __( 'on this site: the server sends text messages only', 'kumquat-connect' ),
		);
		$plugin = kumquat_connect_plugin_version();
		/* translators: 1: how long ago, 2: HTTP status */
		$contact = sprintf( __( '%1$s ago, answer %2$d', 'kumquat-connect' ), human_time_diff( $notes['at'] ), $notes['code'] );
		return array(
			__( 'Server', 'kumquat-connect' )       => defined( 'MO_HOST_NAME' ) ? constant( 'MO_HOST_NAME' ) : __( 'the plugin is not loaded, or an old one', 'kumquat-connect' ),
			__( 'Mode', 'kumquat-connect' )         => $modes[ $plan['mode'] ],
			__( 'Signed in there', 'kumquat-connect' ) => kumquat_connect_is_signed_in() ? __( 'yes', 'kumquat-connect' ) : __( 'not yet', 'kumquat-connect' ),
			__( 'People enrolled on this site or at another server', 'kumquat-connect' ) => null === $plan['elsewhere'] ? __( 'could not be read', 'kumquat-connect' ) : (string) $plan['elsewhere'],
			__( 'Last contact', 'kumquat-connect' ) => $notes['at'] ? $contact : __( 'none yet', 'kumquat-connect' ),
			__( 'Versions', 'kumquat-connect' )     => KUMQUAT_CONNECT_VERSION . ' / ' . ( '' === $plugin ? __( 'plugin not found', 'kumquat-connect' ) : $plugin ),
		);
	}

	/**
	 * A table of two columns.
	 */
	function kumquat_connect_table( $rows ) {
		echo '<table class="widefat striped"><tbody>';
		foreach ( $rows as $name => $value ) {
			printf( '<tr><th scope="row">%s</th><td>%s</td></tr>', esc_html( $name ), esc_html( $value ) );
		}
		echo '</tbody></table>';
	}

	/* -- Begin --------------------------------------------------------------------------------------------------------- */

	/**
	 * Put everything in place, as far as the plan allows.
	 */
	function kumquat_connect_start() {
		add_action( 'admin_menu', 'kumquat_connect_menu' );
		add_action( 'admin_notices', 'kumquat_connect_notice' );
		add_action( 'added_user_meta', 'kumquat_connect_on_enrolled', 10, 4 );
		add_action( 'updated_user_meta', 'kumquat_connect_on_enrolled', 10, 4 );
		add_action( 'deleted_user_meta', 'kumquat_connect_on_reset', 10, 3 );
		$plan = kumquat_connect_plan();
		if ( '' !== $plan['held'] ) {
			return;
		}
		if ( ! defined( 'MO_HOST_NAME' ) ) {
			define( 'MO_HOST_NAME', kumquat_connect_server() );
		}
		kumquat_connect_hush();
		kumquat_connect_answer( 'mo2f_host_name', 'kumquat_connect_server' ); // Versions before 5 read their host here.
		add_filter( 'http_request_args', 'kumquat_connect_call_arguments', 10000, 2 );
		add_filter( 'https_ssl_verify', 'kumquat_connect_verify', 10000, 2 );
		add_filter( 'pre_http_request', 'kumquat_connect_stop', 10000, 3 );
		add_action( 'http_api_debug', 'kumquat_connect_note_answer', 10, 5 );
		if ( ! $plan['moved'] ) {
			return;
		}
		kumquat_connect_answer( 'is_onprem', 'kumquat_connect_cloud' );
		kumquat_connect_answer( 'mo2f_disable_inline_registration', 'kumquat_connect_pause_enrolment' );
		add_filter( 'add_user_metadata', 'kumquat_connect_refuse_enrolment', 10, 4 );
		add_filter( 'update_user_metadata', 'kumquat_connect_refuse_enrolment', 10, 4 );
	}

	/**
	 * Answer an option ourselves, of the site as of the network.
	 */
	function kumquat_connect_answer( $option, $answer ) {
		add_filter( "pre_option_$option", $answer );
		add_filter( "pre_site_option_$option", $answer );
	}

	/**
	 * The plugin's word for "the server does it".
	 */
	function kumquat_connect_cloud() {
		return 0;
	}

	kumquat_connect_start();

endif;
