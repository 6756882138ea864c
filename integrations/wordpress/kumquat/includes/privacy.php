<?php
/**
 * WordPress's own tools for personal data, and accounts that are deleted.
 *
 * @package Kumquat
 */

if ( ! defined( 'ABSPATH' ) ) {
	exit;
}

/**
 * Tools, Export Personal Data.
 */
function kumquat_register_exporter( $exporters ) {
	$exporters['kumquat'] = array(
		'exporter_friendly_name' => __( 'Second factor', 'kumquat' ),
		'callback'               => 'kumquat_export',
	);
	return $exporters;
}

/**
 * Tools, Erase Personal Data.
 */
function kumquat_register_eraser( $erasers ) {
	$erasers['kumquat'] = array(
		'eraser_friendly_name' => __( 'Second factor, here and on the server', 'kumquat' ),
		'callback'             => 'kumquat_erase',
	);
	return $erasers;
}

/**
 * What this site holds; secrets are named, not shown. What the server holds, the person sees on their own page there.
 */
function kumquat_export( $address, $page = 1 ) {
	$items = array();
	foreach ( kumquat_accounts( array( $address ) ) as $id => $user ) {
		$data    = kumquat_export_notes( $id );
		$items[] = array(
			'group_id'    => 'kumquat',
			'group_label' => __( 'Second factor', 'kumquat' ),
			'item_id'     => "kumquat-$id",
			'data'        => $data,
		);
	}
	return array(
		'data' => $items,
		'done' => true,
	);
}

/**
 * The lines of one account: method and addresses as they are, all else by its name.
 */
function kumquat_export_notes( $user_id ) {
	$notes = get_user_meta( $user_id, KUMQUAT_CONNECT_ENROLLED, true );
	$notes = is_array( $notes ) ? $notes : array();
	$plain = array(
		'mo2f_configured_2FA_method' => __( 'Method', 'kumquat' ),
		'mo2f_user_email'            => __( 'Address for codes', 'kumquat' ),
		'mo2f_user_phone'            => __( 'Phone for codes', 'kumquat' ),
	);
	$lines = array();
	foreach ( $plain as $key => $label ) {
		if ( ! empty( $notes[ $key ] ) ) {
			$lines[] = array(
				'name'  => $label,
				'value' => (string) $notes[ $key ],
			);
		}
	}
	$lines[] = array(
		'name'  => __( 'Also stored; secrets are named, not shown', 'kumquat' ),
		'value' => implode( ', ', array_unique( kumquat_notes_of( $user_id ) ) ),
	);
	$lines[] = array(
		'name'  => __( 'What the server holds', 'kumquat' ),
		/* translators: %s: address of the server */
		'value' => sprintf( __( 'The person sees it on their own page at %s.', 'kumquat' ), kumquat_connect_server() ),
	);
	return $lines;
}

/**
 * Remove a person's second factor here, and tell the server to erase them. The job that follows is answered with this.
 */
function kumquat_erase( $address, $page = 1 ) {
	$names    = array( $address );
	$messages = array();
	foreach ( kumquat_accounts( $names ) as $user ) {
		$names = array_merge( $names, array( $user->user_login, $user->user_email ) );
	}
	$names = array_values( array_unique( $names ) );
	$told  = kumquat_tell_all( $names );
	if ( is_wp_error( $told ) ) {
		/* translators: %s: what went wrong */
		$messages[] = sprintf( __( 'The second factor’s server was not told: %s Erase the person there, or repeat this.', 'kumquat' ), $told->get_error_message() );
	}
	$outcome = kumquat_remove( $names );
	kumquat_remember( $names, $outcome['removed'] );
	if ( $outcome['failed'] ) {
		$messages[] = __( 'The database refused to remove something.', 'kumquat' );
	}
	return array(
		'items_removed'  => (bool) $outcome['removed'],
		'items_retained' => (bool) $messages,
		'messages'       => $messages,
		'done'           => true,
	);
}

/**
 * Tell the server each name that the person may have there; the first that it could not be told is why.
 */
function kumquat_tell_all( $names ) {
	foreach ( $names as $name ) {
		$told = kumquat_tell_erasure( $name );
		if ( is_wp_error( $told ) ) {
			return $told;
		}
	}
	return true;
}

/**
 * An account is deleted: what the second factor holds of it on this site goes too. The server is not told, since the
 * person may use another site of yours; erasing is what the tool for personal data is for.
 */
function kumquat_on_delete( $user_id ) {
	$user = get_user_by( 'id', $user_id );
	if ( $user ) {
		kumquat_remove( array( $user->user_login ) );
	}
}
