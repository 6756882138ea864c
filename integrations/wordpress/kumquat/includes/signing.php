<?php
/**
 * Signatures: Standard Webhooks between the server and this site, and Ed25519 under what this site answers.
 *
 * @package Kumquat
 */

if ( ! defined( 'ABSPATH' ) ) {
	exit;
}

/**
 * The secret that this site and the server share, made from the API key that the miniOrange plugin holds; '' without one.
 */
function kumquat_secret() {
	$key = (string) get_site_option( 'mo2f_api_key', '' );
	return '' === $key ? '' : hash_hmac( 'sha256', 'kumquat site jobs', $key, true );
}

/**
 * The signature of a message, as Standard Webhooks writes it.
 */
function kumquat_mac( $id, $at, $body ) {
	return 'v1,' . base64_encode( hash_hmac( 'sha256', "$id.$at.$body", kumquat_secret(), true ) ); // phpcs:ignore WordPress.PHP.DiscouragedPHPFunctions -- how signatures are written.
}

/**
 * Whether the server signed this, in the last five minutes.
 */
function kumquat_is_from_server( $headers, $body ) {
	$at = isset( $headers['webhook-timestamp'] ) ? (string) $headers['webhook-timestamp'] : '';
	if ( '' === kumquat_secret() || ! ctype_digit( $at ) || abs( time() - (int) $at ) > 300 ) {
		return false;
	}
	$wanted = kumquat_mac( isset( $headers['webhook-id'] ) ? $headers['webhook-id'] : '', $at, $body );
	foreach ( explode( ' ', isset( $headers['webhook-signature'] ) ? $headers['webhook-signature'] : '' ) as $given ) {
		if ( hash_equals( $wanted, $given ) ) {
			return true;
		}
	}
	return false;
}

/**
 * This site's own pair of keys, made on first use; only its public half ever leaves the site.
 */
function kumquat_pair() {
	$kept = base64_decode( (string) get_site_option( 'kumquat_key', '' ), true ); // phpcs:ignore WordPress.PHP.DiscouragedPHPFunctions
	if ( is_string( $kept ) && SODIUM_CRYPTO_SIGN_KEYPAIRBYTES === strlen( $kept ) ) {
		return $kept;
	}
	$pair = sodium_crypto_sign_keypair();
	update_site_option( 'kumquat_key', base64_encode( $pair ) ); // phpcs:ignore WordPress.PHP.DiscouragedPHPFunctions
	return $pair;
}

/**
 * The public half, as the server takes it.
 */
function kumquat_public_key() {
	return base64_encode( sodium_crypto_sign_publickey( kumquat_pair() ) ); // phpcs:ignore WordPress.PHP.DiscouragedPHPFunctions
}

/**
 * An answer signed with this site's own key.
 */
function kumquat_sign( $text ) {
	return base64_encode( sodium_crypto_sign_detached( $text, sodium_crypto_sign_secretkey( kumquat_pair() ) ) ); // phpcs:ignore WordPress.PHP.DiscouragedPHPFunctions
}
