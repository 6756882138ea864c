<?php
/**
 * Runs steps in a WordPress from Debian's package: as JSON on standard input, each `[name, ...]`; what each gave as JSON
 * on standard output. The site's folder and its database's socket come by the environment.
 */

error_reporting( E_ALL );
ini_set( 'display_errors', 'stderr' );
$folder = getenv( 'SITE' );
$host   = 'blog.nordvik.example';

define( 'DB_NAME', 'wordpress' );
define( 'DB_USER', 'root' );
define( 'DB_PASSWORD', '' );
define( 'DB_HOST', 'localhost:' . getenv( 'SOCKET' ) );
define( 'DB_CHARSET', 'utf8mb4' );
define( 'DB_COLLATE', '' );
define( 'ABSPATH', '/usr/share/wordpress/' );
define( 'WP_CONTENT_DIR', "$folder/content" );
define( 'WP_SITEURL', "https://$host" );
define( 'WP_HOME', getenv( 'HOME_URL' ) ?: "https://$host" );
define( 'DISABLE_WP_CRON', true );
define( 'WP_HTTP_BLOCK_EXTERNAL', true );
define( 'WP_ACCESSIBLE_HOSTS', 'localhost' );
foreach ( array( 'AUTH', 'SECURE_AUTH', 'LOGGED_IN', 'NONCE' ) as $name ) {
	define( "{$name}_KEY", "the $name key of a test" );
	define( "{$name}_SALT", "the $name salt of a test" );
}
$table_prefix = 'wp_';
$_SERVER     += array(
	'HTTP_HOST'       => $host,
	'SERVER_NAME'     => $host,
	'SERVER_PROTOCOL' => 'HTTP/1.1',
	'REQUEST_METHOD'  => 'GET',
	'REQUEST_URI'     => '/',
);
$steps = json_decode( stream_get_contents( STDIN ), true );
if ( 'install' === $steps[0][0] ) {
	define( 'WP_INSTALLING', true );
}
if ( getenv( 'SITE_LANGUAGE' ) ) {
	define( 'WPLANG', getenv( 'SITE_LANGUAGE' ) );
}

/** No mail leaves a test. */
function wp_mail() {
	return true;
}

ob_start();
require ABSPATH . 'wp-settings.php';
require_once ABSPATH . 'wp-admin/includes/admin.php';

/** Install the site, with the plugin's tables of older versions as they are. */
function step_install() {
	global $wpdb;
	require_once ABSPATH . 'wp-admin/includes/upgrade.php';
	wp_install( 'Nordvik', 'eva', 'eva@nordvik.example', false, '', 'a long password' );
	$wpdb->query( "CREATE TABLE {$wpdb->prefix}mo2f_user_details (user_id bigint, mo2f_user_email varchar(128), mo2f_configured_2FA_method varchar(64))" );
	$wpdb->query( "CREATE TABLE {$wpdb->prefix}mo2f_network_transactions (id bigint NOT NULL AUTO_INCREMENT PRIMARY KEY, ip_address varchar(60), username varchar(60), type varchar(60))" );
	return array_keys( get_plugins() );
}

/** Switch the plugin on. */
function step_activate() {
	$done = activate_plugin( 'kumquat/kumquat.php' );
	return is_wp_error( $done ) ? $done->get_error_message() : 'active';
}

/** Make a user with what the miniOrange plugin writes of one who has enrolled; the user's id. */
function step_user( $login, $address ) {
	global $wpdb;
	$id    = wp_insert_user( array( 'user_login' => $login, 'user_email' => $address, 'user_pass' => 'x' ) );
	$notes = array(
		'mo_2factor_user_registration_status' => 'MO_2_FACTOR_PLUGIN_SETTINGS',
		'mo2f_configured_2FA_method'          => 'GOOGLE AUTHENTICATOR',
		'mo2f_user_email'                     => $address,
	);
	update_user_meta( $id, 'mo2f_user_2fa_data', $notes );
	update_user_meta( $id, 'mo2f_gauth_key', 'JBSWY3DPEHPK3PXP' );
	update_user_meta( $id, 'mo2f_backup_codes', array( 'a', 'b' ) );
	update_user_meta( $id, 'kba_questions_user', array( 'q' ) );
	update_user_meta( $id, 'nickname', $login );
	$wpdb->insert( "{$wpdb->prefix}mo2f_user_details", array( 'user_id' => $id, 'mo2f_user_email' => $address ) );
	$wpdb->insert( "{$wpdb->prefix}mo2f_network_transactions", array( 'username' => $login, 'ip_address' => '192.0.2.7' ) );
	$rows   = get_site_option( 'mo2f_network_transactions_data', array() );
	$rows[] = array( 'username' => $login, 'ip_address' => '192.0.2.8' );
	update_site_option( 'mo2f_network_transactions_data', $rows );
	return $id;
}

/** How many rows of the second factor a user has left, and whether the account stands. */
function step_left( $id, $login ) {
	global $wpdb;
	$meta   = "SELECT COUNT(*) FROM {$wpdb->usermeta} WHERE user_id = %d AND (meta_key LIKE 'mo2f%%' OR meta_key LIKE 'kba%%' OR meta_key LIKE 'kumquat%%')";
	$option = array_filter( get_site_option( 'mo2f_network_transactions_data', array() ), fn( $row ) => $row['username'] === $login );
	return array(
		'meta'    => (int) $wpdb->get_var( $wpdb->prepare( $meta, $id ) ),
		'details' => (int) $wpdb->get_var( $wpdb->prepare( "SELECT COUNT(*) FROM {$wpdb->prefix}mo2f_user_details WHERE user_id = %d", $id ) ),
		'signins' => count( $option ) + (int) $wpdb->get_var( $wpdb->prepare( "SELECT COUNT(*) FROM {$wpdb->prefix}mo2f_network_transactions WHERE username = %s", $login ) ),
		'account' => (bool) get_user_by( 'id', $id ),
	);
}

/** Set an option of the site's. */
function step_option( $name, $value ) {
	return update_site_option( $name, $value );
}

/** Switch on what stands for the miniOrange plugin: it names its host without asking whether that is named already. */
function step_vendor() {
	$file = WP_PLUGIN_DIR . '/miniorange-2-factor-authentication/miniorange_2_factor_settings.php';
	wp_mkdir_p( dirname( $file ) );
	file_put_contents( $file, "<?php\n/**\n * Plugin Name: miniOrange 2FA\n * Version: 6.2.4\n */\ndefine( 'MO_HOST_NAME', 'https://login.xecurify.com' );\n" );
	return update_option( 'active_plugins', array( 'kumquat/kumquat.php', 'miniorange-2-factor-authentication/miniorange_2_factor_settings.php' ) );
}

/** What the miniOrange plugin finds: its host, and whether a call to the vendor is stopped. */
function step_connected() {
	$call = wp_remote_get( 'https://login.xecurify.com/moas/' );
	return array(
		'host'    => MO_HOST_NAME,
		'stopped' => is_wp_error( $call ) ? $call->get_error_code() : '',
	);
}

/** Everything that is stored in options of ours. */
function step_stored() {
	global $wpdb;
	return implode( "\n", $wpdb->get_col( "SELECT option_value FROM {$wpdb->options} WHERE option_name LIKE 'kumquat%'" ) );
}

/** What WP-Cron does when its time has come: when that was to be, and what the plugin remembers then. */
function step_cron() {
	$due = wp_next_scheduled( 'kumquat_poll' );
	do_action( 'kumquat_poll' );
	return array( 'scheduled' => (bool) $due, 'state' => kumquat_state() );
}

/** A call of WordPress's own exporter or eraser, as its tool makes it. */
function step_tool( $filter, $address ) {
	$tool = apply_filters( "wp_privacy_personal_data_$filter", array() )['kumquat'];
	return call_user_func( $tool['callback'], $address, 1 );
}

/** Delete an account. */
function step_delete( $id ) {
	return wp_delete_user( $id );
}

/** The page under Tools, for the administrator. */
function step_page() {
	wp_set_current_user( get_user_by( 'login', 'eva' )->ID );
	ob_start();
	kumquat_page();
	return ob_get_clean();
}

/** Rename a column, so that the database refuses what asks for it by the other name; its complaints are expected. */
function step_rename( $from, $to ) {
	global $wpdb;
	$wpdb->suppress_errors( true );
	return $wpdb->query( "ALTER TABLE {$wpdb->prefix}mo2f_network_transactions CHANGE $from $to varchar(60)" );
}

/** A job that is sent to the site's address for jobs. */
function step_receive( $headers, $body ) {
	$request = new WP_REST_Request( 'POST', '/kumquat/v1/jobs' );
	$request->set_body( $body );
	foreach ( $headers as $name => $value ) {
		$request->set_header( $name, $value );
	}
	$response = rest_do_request( $request );
	return array( 'status' => $response->get_status(), 'data' => $response->get_data() );
}

/** Delete the plugin as WordPress does. */
function step_uninstall() {
	deactivate_plugins( 'kumquat/kumquat.php' );
	uninstall_plugin( 'kumquat/kumquat.php' );
	return (bool) wp_next_scheduled( 'kumquat_poll' );
}

$results = array();
foreach ( $steps as $step ) {
	$results[] = call_user_func_array( 'step_' . array_shift( $step ), $step );
}
$noise = ob_get_clean();
echo wp_json_encode( array( 'results' => $results, 'noise' => $noise ) );
