<?php
/**
 * Plugin Name: Kumquat
 * Description: Connects the miniOrange 2FA plugin of this site to your own Kumquat server, and does this site's half when a person is erased. Not made, endorsed or supported by miniOrange.
 * Version: 1.0.0
 * Requires at least: 5.2
 * Requires PHP: 7.4
 * Author: The Kumquat contributors
 * License: GPL-2.0-or-later
 * License URI: https://www.gnu.org/licenses/old-licenses/gpl-2.0.html
 * Text Domain: kumquat
 * Domain Path: /languages
 *
 * @package Kumquat
 */

if ( ! defined( 'ABSPATH' ) ) {
	exit;
}

define( 'KUMQUAT_VERSION', '1.0.0' );
define( 'KUMQUAT_POLL', 'kumquat_poll' ); // The event by which WordPress asks for jobs.

require_once __DIR__ . '/includes/kumquat-connect.php'; // The drop-in itself: the server puts it there when it packs the plugin.
require_once __DIR__ . '/includes/rows.php';
require_once __DIR__ . '/includes/signing.php';
require_once __DIR__ . '/includes/server.php';
require_once __DIR__ . '/includes/jobs.php';
require_once __DIR__ . '/includes/privacy.php';
require_once __DIR__ . '/includes/page.php';

/**
 * Our texts and those of the drop-in, in the language of the site.
 */
function kumquat_load_texts() {
	load_plugin_textdomain( 'kumquat', false, basename( __DIR__ ) . '/languages' );
	load_plugin_textdomain( 'kumquat-connect', false, basename( __DIR__ ) . '/languages' );
}

/**
 * How often jobs are asked for, as WordPress wants it named.
 */
function kumquat_schedules( $schedules ) {
	$schedules['kumquat'] = array(
		'interval' => 600,
		'display'  => __( 'Every ten minutes', 'kumquat' ),
	);
	return $schedules;
}

/**
 * Ask regularly; of a network its main site asks for all.
 */
function kumquat_schedule() {
	if ( is_main_site() && ! wp_next_scheduled( KUMQUAT_POLL ) ) {
		wp_schedule_event( time(), 'kumquat', KUMQUAT_POLL );
	}
}

/**
 * Switched off, it asks no more.
 */
function kumquat_unschedule() {
	wp_clear_scheduled_hook( KUMQUAT_POLL );
}

add_filter( 'cron_schedules', 'kumquat_schedules' ); // phpcs:ignore WordPress.WP.CronInterval -- one small call in ten minutes.
add_action( 'init', 'kumquat_load_texts' );
add_action( 'init', 'kumquat_schedule' );
add_action( KUMQUAT_POLL, 'kumquat_poll' );
add_action( 'rest_api_init', 'kumquat_register_route' );
add_filter( 'wp_privacy_personal_data_exporters', 'kumquat_register_exporter' );
add_filter( 'wp_privacy_personal_data_erasers', 'kumquat_register_eraser' );
add_action( 'delete_user', 'kumquat_on_delete' );
add_action( 'wpmu_delete_user', 'kumquat_on_delete' );
add_action( 'admin_menu', 'kumquat_menu' );
add_action( 'admin_post_kumquat_ask', 'kumquat_ask_now' );
register_deactivation_hook( __FILE__, 'kumquat_unschedule' );
