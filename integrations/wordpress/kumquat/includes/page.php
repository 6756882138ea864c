<?php
/**
 * The page Tools > Kumquat erasures: when jobs were last asked for, what was done, and what is wrong.
 *
 * @package Kumquat
 */

if ( ! defined( 'ABSPATH' ) ) {
	exit;
}

/**
 * Put the page into the menu.
 */
function kumquat_menu() {
	$title = __( 'Kumquat erasures', 'kumquat' );
	add_management_page( $title, $title, 'manage_options', 'kumquat', 'kumquat_page' );
}

/**
 * State, and the last jobs.
 */
function kumquat_page() {
	if ( ! current_user_can( 'manage_options' ) ) {
		return;
	}
	$state = kumquat_state();
	printf( '<div class="wrap"><h1>%s</h1><p>%s</p>', esc_html__( 'Kumquat erasures', 'kumquat' ), esc_html__( 'When a person is erased on your Kumquat server, this site removes what the second factor left of them here, and answers what it removed. The WordPress account itself stays.', 'kumquat' ) );
	$trouble = '' !== kumquat_reason_not_to_call() ? kumquat_reason_not_to_call() : $state['trouble'];
	if ( '' !== $trouble ) {
		printf( '<div class="notice notice-warning inline"><p>%s</p></div>', esc_html( $trouble ) );
	}
	kumquat_connect_table( kumquat_page_facts( $state ) );
	printf( '<h2>%s</h2>', esc_html__( 'Last jobs', 'kumquat' ) );
	kumquat_connect_table( kumquat_page_jobs( $state ) );
	printf( '<form method="post" action="%s"><p><input type="hidden" name="action" value="kumquat_ask">', esc_url( admin_url( 'admin-post.php' ) ) );
	wp_nonce_field( 'kumquat_ask' );
	printf( '<button class="button">%s</button></p></form></div>', esc_html__( 'Ask for jobs now', 'kumquat' ) );
}

/**
 * What the page says in its first table.
 */
function kumquat_page_facts( $state ) {
	/* translators: %s: how long ago */
	$asked = $state['at'] ? sprintf( __( '%s ago', 'kumquat' ), human_time_diff( $state['at'] ) ) : __( 'never', 'kumquat' );
	return array(
		__( 'Server', 'kumquat' )               => kumquat_connect_server(),
		__( 'Last asked for jobs', 'kumquat' )  => $asked,
		__( 'How that went', 'kumquat' )        => '' === $state['trouble'] ? ( $state['at'] ? __( 'well', 'kumquat' ) : '–' ) : $state['trouble'],
		__( 'Jobs done', 'kumquat' )            => number_format_i18n( $state['done'] ),
		__( 'Key of this site', 'kumquat' )     => kumquat_public_key(),
	);
}

/**
 * The last jobs, newest first, without names.
 */
function kumquat_page_jobs( $state ) {
	$rows = array();
	foreach ( array_reverse( $state['jobs'] ) as $job ) {
		/* translators: 1: how many rows, 2: how long ago */
		$said                = _n( '%1$s row removed, %2$s ago', '%1$s rows removed, %2$s ago', $job['removed'], 'kumquat' );
		$rows[ $job['id'] ] = sprintf( $said, number_format_i18n( $job['removed'] ), human_time_diff( $job['at'] ) );
	}
	return $rows ? $rows : array( __( 'None so far', 'kumquat' ) => '' );
}

/**
 * The button: ask at once, and back to the page.
 */
function kumquat_ask_now() {
	check_admin_referer( 'kumquat_ask' );
	if ( ! current_user_can( 'manage_options' ) ) {
		wp_die( esc_html__( 'Only an administrator can do that.', 'kumquat' ), '', array( 'response' => 403 ) );
	}
	kumquat_poll();
	wp_safe_redirect( admin_url( 'tools.php?page=kumquat' ) );
	exit;
}
