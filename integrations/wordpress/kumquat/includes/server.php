<?php
/**
 * Calls to the server, and what is remembered of its answers.
 *
 * @package Kumquat
 */

if ( ! defined( 'ABSPATH' ) ) {
	exit;
}

/**
 * Why the server cannot be called at all, in words; '' when it can.
 */
function kumquat_reason_not_to_call() {
	if ( '' === kumquat_connect_server() ) {
		return __( 'This copy of the plugin holds no server address. Download it from your Kumquat dashboard, where it is filled in.', 'kumquat' );
	}
	if ( '' === kumquat_secret() || '' === kumquat_connect_number() ) {
		return __( 'The miniOrange plugin is not signed in yet, so there is no key to call with.', 'kumquat' );
	}
	return '';
}

/**
 * Make a call about jobs, signed.
 *
 * @return array|WP_Error What the server answered; an error says in words why there is nothing.
 */
function kumquat_call( $path, $body ) {
	$reason = kumquat_reason_not_to_call();
	if ( '' !== $reason ) {
		return new WP_Error( 'kumquat_not_ready', $reason );
	}
	$text = wp_json_encode( $body );
	$id   = 'call_' . wp_generate_password( 22, false );
	$at   = (string) time();
	return kumquat_read(
		kumquat_post(
			$path,
			$text,
			array(
				'Content-Type'      => 'application/json',
				'Kumquat-Customer'  => kumquat_connect_number(),
				'webhook-id'        => $id,
				'webhook-timestamp' => $at,
				'webhook-signature' => kumquat_mac( $id, $at, $text ),
			)
		)
	);
}

/**
 * Tell the server to erase a person, by the call that existing plugins sign.
 *
 * @return true|WP_Error
 */
function kumquat_tell_erasure( $name ) {
	$reason = kumquat_reason_not_to_call();
	if ( '' !== $reason ) {
		return new WP_Error( 'kumquat_not_ready', $reason );
	}
	$number  = kumquat_connect_number();
	$at      = (string) round( microtime( true ) * 1000 );
	$headers = array(
		'Content-Type'  => 'application/json',
		'Customer-Key'  => $number,
		'Timestamp'     => $at,
		'Authorization' => hash( 'sha512', $number . $at . get_site_option( 'mo2f_api_key', '' ) ),
	);
	$body    = array(
		'customerKey' => $number,
		'username'    => $name,
	);
	$said    = kumquat_read( kumquat_post( '/moas/api/admin/users/delete', wp_json_encode( $body ), $headers ) );
	return is_wp_error( $said ) ? $said : true;
}

/**
 * Post to the server; its certificate is checked, whatever other plugins ask for.
 */
function kumquat_post( $path, $text, $headers ) {
	$arguments = array(
		'headers'     => $headers,
		'body'        => $text,
		'timeout'     => 15,
		'redirection' => 0,
		'sslverify'   => true,
	);
	return wp_remote_post( kumquat_connect_server() . $path, $arguments );
}

/**
 * What a response says, or an error in words.
 */
function kumquat_read( $response ) {
	if ( is_wp_error( $response ) ) {
		return new WP_Error( 'kumquat_unreachable', __( 'The server could not be reached: name, network or certificate.', 'kumquat' ) );
	}
	$code = (int) wp_remote_retrieve_response_code( $response );
	$said = json_decode( wp_remote_retrieve_body( $response ), true );
	if ( 200 === $code && is_array( $said ) ) {
		return $said;
	}
	if ( 401 === $code ) {
		return new WP_Error( 'kumquat_unsigned', __( 'The server did not accept the signature: the key was replaced, or the clock of this site is off.', 'kumquat' ) );
	}
	$detail = is_array( $said ) && isset( $said['detail'] ) ? $said['detail'] : '';
	/* translators: 1: HTTP status, 2: what the server says, in English */
	return new WP_Error( 'kumquat_' . $code, sprintf( __( 'The server refused the call (%1$d). %2$s', 'kumquat' ), $code, $detail ) );
}

/**
 * What is remembered: when jobs were last asked for, what went wrong then, the site's id there, the last jobs.
 */
function kumquat_state() {
	$state = get_site_option( 'kumquat_state', array() );
	return array_merge(
		array(
			'at'      => 0,
			'trouble' => '',
			'site'    => '',
			'done'    => 0,
			'jobs'    => array(),
		),
		is_array( $state ) ? $state : array()
	);
}

/**
 * Remember something more.
 */
function kumquat_note( $news ) {
	update_site_option( 'kumquat_state', array_merge( kumquat_state(), $news ) );
}
