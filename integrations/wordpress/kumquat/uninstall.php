<?php
/**
 * Deleted: what this plugin remembered goes. People's second factors are the miniOrange plugin's and stay.
 *
 * @package Kumquat
 */

if ( ! defined( 'WP_UNINSTALL_PLUGIN' ) ) {
	exit;
}

foreach ( array( 'kumquat_state', 'kumquat_answers', 'kumquat_removed', 'kumquat_key' ) as $kumquat_option ) {
	delete_site_option( $kumquat_option );
}
wp_clear_scheduled_hook( 'kumquat_poll' );

if ( ! file_exists( WPMU_PLUGIN_DIR . '/kumquat-connect.php' ) ) { // The drop-in, where it stays, still needs its own.
	delete_site_option( 'kumquat_connect' );
	delete_site_option( 'kumquat_connect_stopped' );
	delete_transient( 'kumquat_connect_census' );
	delete_metadata( 'user', 0, 'kumquat_connect_method', '', true );
}
