<?php
/**
 * Runs the drop-in under stand-ins for what it needs of WordPress: a scenario as JSON on standard input, what happened as
 * JSON on standard output. The stand-ins do what WordPress does, as far as the drop-in can tell.
 *
 * Scenario: `file`, `options`, `users` (id to notes of the plugin's), `marks`, `table` (methods, or null for no table),
 * `unreadable`, `named` (MO_HOST_NAME in wp-config.php), `admin`, `plugins` (folder), and `steps`, each `[name, ...]`.
 */

error_reporting( E_ALL );
ini_set( 'display_errors', '1' );
define( 'ABSPATH', '/srv/site/' );
define( 'WPINC', 'wp-includes' );

$scenario = json_decode( stream_get_contents( STDIN ), true );
$world    = array(
	'hooks'      => array(),
	'options'    => (array) $scenario['options'],
	'transients' => array(),
	'meta'       => array(),
	'warnings'   => array(),
	'queries'    => 0,
);
define( 'WP_PLUGIN_DIR', $scenario['plugins'] );
foreach ( $scenario['users'] as $id => $notes ) {
	$world['meta'][ $id ]['mo2f_user_2fa_data'] = $notes;
}
foreach ( $scenario['marks'] as $id => $method ) {
	$world['meta'][ $id ]['kumquat_connect_method'] = $method;
}
set_error_handler(
	function ( $level, $message ) {
		$GLOBALS['world']['warnings'][] = $message;
		return true;
	}
);
if ( $scenario['named'] ) {
	define( 'MO_HOST_NAME', $scenario['named'] );
}

// Hooks, in the order of their priorities.
function add_filter( $name, $what, $priority = 10, $takes = 1 ) {
	$GLOBALS['world']['hooks'][ $name ][ $priority ][] = array( $what, $takes );
	return true;
}
function add_action( $name, $what, $priority = 10, $takes = 1 ) {
	return add_filter( $name, $what, $priority, $takes );
}
function apply_filters( $name, $value, ...$more ) {
	$hooks = $GLOBALS['world']['hooks'][ $name ] ?? array();
	ksort( $hooks );
	foreach ( $hooks as $group ) {
		foreach ( $group as list( $what, $takes ) ) {
			$value = call_user_func_array( $what, array_slice( array( $value, ...$more ), 0, $takes ) );
		}
	}
	return $value;
}
function do_action( $name, ...$given ) {
	apply_filters( $name, $given[0] ?? '', ...array_slice( $given, 1 ) );
}

// Options and transients.
function get_option( $name, $default = false ) {
	$answer = apply_filters( "pre_option_$name", false, $name, $default );
	return false !== $answer ? $answer : ( $GLOBALS['world']['options'][ $name ] ?? $default );
}
function get_site_option( $name, $default = false ) {
	$answer = apply_filters( "pre_site_option_$name", false, $name, 1, $default );
	return false !== $answer ? $answer : get_option( $name, $default );
}
function update_site_option( $name, $value ) {
	$GLOBALS['world']['options'][ $name ] = $value;
	return true;
}
function get_transient( $name ) {
	return $GLOBALS['world']['transients'][ $name ] ?? false;
}
function set_transient( $name, $value, $seconds ) {
	$GLOBALS['world']['transients'][ $name ] = $value;
	return true;
}
function delete_transient( $name ) {
	unset( $GLOBALS['world']['transients'][ $name ] );
	return true;
}

// Notes on users.
function update_user_meta( $id, $key, $value ) {
	$check = apply_filters( 'update_user_metadata', null, $id, $key, $value, '' );
	if ( null !== $check ) {
		return (bool) $check;
	}
	$event = isset( $GLOBALS['world']['meta'][ $id ][ $key ] ) ? 'updated_user_meta' : 'added_user_meta';
	$GLOBALS['world']['meta'][ $id ][ $key ] = $value;
	do_action( $event, 1, $id, $key, $value );
	return true;
}
function delete_user_meta( $id, $key ) {
	unset( $GLOBALS['world']['meta'][ $id ][ $key ] );
	do_action( 'deleted_user_meta', array( 1 ), $id, $key, '' );
	return true;
}
function maybe_unserialize( $text ) {
	return is_string( $text ) && 0 === strpos( $text, 'a:' ) ? unserialize( $text ) : $text;
}

/** The database, as far as it is asked. */
class Stand_In_Database {
	public $usermeta    = 'wp_usermeta';
	public $base_prefix = 'wp_';
	public $last_error  = '';

	public function prepare( $query, ...$values ) {
		return vsprintf( str_replace( '%s', "'%s'", $query ), $values );
	}
	public function esc_like( $text ) {
		return addcslashes( $text, '_%\\' );
	}
	public function get_results( $query ) {
		++$GLOBALS['world']['queries'];
		if ( $GLOBALS['scenario']['unreadable'] ) {
			$this->last_error = 'gone away';
			return array();
		}
		$rows = array();
		foreach ( $GLOBALS['world']['meta'] as $id => $notes ) {
			foreach ( $notes as $key => $value ) {
				if ( false !== strpos( $query, "'$key'" ) ) {
					$rows[] = (object) array(
						'user_id'    => (string) $id,
						'meta_key'   => $key,
						'meta_value' => is_array( $value ) ? serialize( $value ) : $value,
					);
				}
			}
		}
		return $rows;
	}
	public function get_var( $query ) {
		return null === $GLOBALS['scenario']['table'] ? null : 'wp_mo2f_user_details';
	}
	public function get_col( $query ) {
		return array_values( array_filter( $GLOBALS['scenario']['table'] ) );
	}
}
$wpdb = new Stand_In_Database();

// Calls.
class WP_Error {
	public $code;
	public function __construct( $code, $message ) {
		$this->code = $code;
	}
}
function is_wp_error( $thing ) {
	return $thing instanceof WP_Error;
}
function wp_parse_url( $url, $part = -1 ) {
	return parse_url( $url, $part );
}
function wp_remote_retrieve_response_code( $response ) {
	return $response['response']['code'] ?? '';
}
function get_file_data( $file, $names ) {
	preg_match( '/^ \* Version: (.*)$/m', file_get_contents( $file ), $found );
	return array( 'version' => trim( $found[1] ?? '' ) );
}

// Pages.
function is_admin() {
	return (bool) $GLOBALS['scenario']['admin'];
}
function current_user_can( $right ) {
	return in_array( $right, $GLOBALS['scenario']['rights'], true );
}
function get_current_screen() {
	return (object) array( 'id' => $GLOBALS['screen'] );
}
function esc_html( $text ) {
	return htmlspecialchars( $text, ENT_QUOTES );
}
function __( $text, $domain ) {
	return $text;
}
function _n( $one, $many, $n, $domain ) {
	return 1 === $n ? $one : $many;
}
function esc_html__( $text, $domain ) {
	return esc_html( $text );
}
function esc_html_e( $text, $domain ) {
	echo esc_html( $text );
}
function human_time_diff( $from ) {
	return ( time() - $from ) . ' s';
}
function load_muplugin_textdomain( $domain ) {
	return true;
}
function add_management_page( $title, $name, $right, $slug, $show ) {
	$GLOBALS['world']['page'] = compact( 'title', 'right', 'slug', 'show' );
}

// What a scenario can do.
$does = array(
	/** As the plugin's main file: its host without asking, then its mode; a second warning must be heard. */
	'plugin'  => function () {
		define( 'MO_HOST_NAME', 'https://login.xecurify.com' );
		define( 'MO2F_IS_ONPREM', get_option( 'is_onprem', 1 ) );
		define( 'ABSPATH', 'again' );
		do_action( 'plugin_loaded', '/srv/site/wp-content/plugins/akismet/akismet.php' );
		define( 'MO_HOST_NAME', 'while it loads' );
		do_action( 'plugin_loaded', '/srv/site/wp-content/plugins/miniorange/miniorange_2_factor_settings.php' );
		define( 'MO_HOST_NAME', 'afterwards' );
		do_action( 'plugins_loaded' );
		return array( MO_HOST_NAME, MO2F_IS_ONPREM );
	},
	'call'    => function ( $url, $arguments = array() ) {
		$arguments = apply_filters( 'http_request_args', $arguments, $url );
		$answer    = apply_filters( 'pre_http_request', false, $arguments, $url );
		return array(
			'arguments' => $arguments,
			'stopped'   => is_wp_error( $answer ) ? $answer->code : null,
			'verify'    => apply_filters( 'https_ssl_verify', false, $url ),
		);
	},
	'answer'  => function ( $url, $number, $code ) {
		$response = $code ? array( 'response' => array( 'code' => $code ) ) : new WP_Error( 'http', 'no route' );
		do_action( 'http_api_debug', $response, 'response', 'Requests', array( 'headers' => array( 'Customer-Key' => $number ) ), $url );
		return get_site_option( 'kumquat_connect' );
	},
	'enrol'   => function ( $id, $notes ) {
		$kept = update_user_meta( $id, 'mo2f_user_2fa_data', $notes );
		return array( $kept, $GLOBALS['world']['meta'][ $id ]['kumquat_connect_method'] ?? null );
	},
	'reset'   => function ( $id ) {
		delete_user_meta( $id, 'mo2f_user_2fa_data' );
		return $GLOBALS['world']['meta'][ $id ] ?? array();
	},
	'option'  => function ( $name ) {
		return get_option( $name, 'absent' );
	},
	'again'   => function () {
		require $GLOBALS['scenario']['file'];
		return true;
	},
	'census'  => function () {
		return kumquat_connect_census();
	},
	'queries' => function () {
		return $GLOBALS['world']['queries'];
	},
	'notice'  => function ( $screen ) {
		$GLOBALS['screen'] = $screen;
		ob_start();
		do_action( 'admin_notices' );
		return ob_get_clean();
	},
	'page'    => function () {
		do_action( 'admin_menu' );
		ob_start();
		call_user_func( $GLOBALS['world']['page']['show'] );
		return ob_get_clean();
	},
);

ob_start();
require $scenario['file'];
$results = array();
foreach ( $scenario['steps'] as $step ) {
	$results[] = $does[ $step[0] ]( ...array_slice( $step, 1 ) );
}
$output = ob_get_clean();
echo json_encode(
	array(
		'host'     => defined( 'MO_HOST_NAME' ) ? MO_HOST_NAME : null,
		'mode'     => get_option( 'is_onprem', 'untouched' ),
		'options'  => $world['options'],
		'marks'    => array_filter( array_map( fn( $notes ) => $notes['kumquat_connect_method'] ?? null, $world['meta'] ) ),
		'warnings' => $world['warnings'],
		'output'   => $output,
		'results'  => $results,
	)
);
