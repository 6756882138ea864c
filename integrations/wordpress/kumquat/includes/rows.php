<?php
/**
 * What the second factor has left of a person on this site: found, counted, removed.
 *
 * The WordPress account itself is the site's own and stays. Names that are counted say what, never who.
 *
 * @package Kumquat
 */

if ( ! defined( 'ABSPATH' ) ) {
	exit;
}

/**
 * The tables of the miniOrange plugin's versions that hold people, with the column that names them and what it holds.
 */
function kumquat_tables() {
	return array(
		'mo2f_user_details'             => array( 'user_id', 'id' ),
		'mo2f_network_transactions'     => array( 'username', 'login' ),
		'mo2f_network_email_sent_audit' => array( 'username', 'login' ),
	);
}

/**
 * The accounts of a person: by login or address, or by the address that the second factor was set up with.
 *
 * @param string[] $names How the person is called: usernames and addresses.
 * @return WP_User[] By id.
 */
function kumquat_accounts( $names ) {
	$found = array();
	foreach ( $names as $name ) {
		foreach ( array( get_user_by( 'login', $name ), get_user_by( 'email', $name ), kumquat_account_noted( $name ) ) as $user ) {
			if ( $user ) {
				$found[ $user->ID ] = $user;
			}
		}
	}
	return $found;
}

/**
 * The account whose second factor was set up with this address.
 */
function kumquat_account_noted( $address ) {
	global $wpdb;
	$like = '%' . $wpdb->esc_like( '"' . $address . '"' ) . '%';
	$rows = $wpdb->get_results( $wpdb->prepare( "SELECT user_id, meta_value FROM {$wpdb->usermeta} WHERE meta_key = %s AND meta_value LIKE %s", KUMQUAT_CONNECT_ENROLLED, $like ) ); // phpcs:ignore WordPress.DB -- nothing of WordPress's finds by a part of a value.
	foreach ( (array) $rows as $row ) {
		$notes = maybe_unserialize( $row->meta_value );
		if ( is_array( $notes ) && isset( $notes['mo2f_user_email'] ) && 0 === strcasecmp( $notes['mo2f_user_email'], $address ) ) {
			return get_user_by( 'id', $row->user_id );
		}
	}
	return false;
}

/**
 * The names of a person's notes in the table of users' metadata, each as often as there are rows.
 */
function kumquat_notes_of( $user_id ) {
	global $wpdb;
	$ours = array( 'kba_questions_user', KUMQUAT_CONNECT_MARK );
	return (array) $wpdb->get_col( // phpcs:ignore WordPress.DB -- by a part of the key.
		$wpdb->prepare(
			"SELECT meta_key FROM {$wpdb->usermeta} WHERE user_id = %d AND (meta_key LIKE %s OR meta_key LIKE %s OR meta_key IN (%s, %s)) ORDER BY umeta_id",
			$user_id,
			$wpdb->esc_like( 'mo2f_' ) . '%',
			$wpdb->esc_like( 'mo_2factor_' ) . '%',
			$ours[0],
			$ours[1]
		)
	);
}

/**
 * The tables that are there, each with its full name.
 */
function kumquat_tables_here() {
	global $wpdb;
	$here = array();
	foreach ( kumquat_tables() as $name => $column ) {
		foreach ( array_unique( array( $wpdb->base_prefix . $name, $wpdb->prefix . $name ) ) as $table ) {
			if ( $wpdb->get_var( $wpdb->prepare( 'SHOW TABLES LIKE %s', $wpdb->esc_like( $table ) ) ) === $table ) { // phpcs:ignore WordPress.DB
				$here[ $table ] = array_merge( array( $name ), $column );
			}
		}
	}
	return $here;
}

/**
 * By which values a person's rows of a table are found.
 */
function kumquat_values( $kind, $accounts, $names ) {
	return 'id' === $kind ? array_keys( $accounts ) : array_unique( array_merge( $names, wp_list_pluck( $accounts, 'user_login' ) ) );
}

/**
 * Remove all that the second factor holds of a person.
 *
 * @param string[] $names How the person is called.
 * @return array 'removed': how many rows of what; 'accounts': how many accounts there are, which stay; 'failed': whether
 *               the database refused something, so that this has to be done again.
 */
function kumquat_remove( $names ) {
	global $wpdb;
	$names    = array_values( array_filter( array_unique( array_map( 'strval', $names ) ), 'strlen' ) );
	$accounts = kumquat_accounts( $names );
	$removed  = array();
	$failed   = false;
	foreach ( $accounts as $id => $user ) {
		$notes = kumquat_notes_of( $id );
		foreach ( array_unique( $notes ) as $note ) {
			delete_user_meta( $id, $note );
		}
		$left   = count( kumquat_notes_of( $id ) );
		$failed = $failed || $left > 0;
		kumquat_count( $removed, 'wordpress.usermeta', count( $notes ) - $left );
	}
	foreach ( kumquat_tables_here() as $table => list( $name, $column, $kind ) ) {
		foreach ( kumquat_values( $kind, $accounts, $names ) as $value ) {
			$rows   = $wpdb->delete( $table, array( $column => $value ) ); // phpcs:ignore WordPress.DB
			$failed = $failed || false === $rows;
			kumquat_count( $removed, "miniorange.$name", (int) $rows );
		}
	}
	kumquat_count( $removed, 'miniorange.transactions_option', kumquat_remove_from_option( kumquat_values( 'login', $accounts, $names ) ) );
	delete_transient( KUMQUAT_CONNECT_CENSUS );
	return array(
		'removed'  => $removed,
		'accounts' => count( $accounts ),
		'failed'   => $failed,
	);
}

/**
 * Newer versions keep the list of sign-ins in an option instead of a table.
 */
function kumquat_remove_from_option( $logins ) {
	$rows = get_site_option( 'mo2f_network_transactions_data', array() );
	if ( ! is_array( $rows ) || ! $rows ) {
		return 0;
	}
	$logins = array_map( 'strtolower', $logins );
	$left   = array();
	foreach ( $rows as $key => $row ) {
		if ( ! is_array( $row ) || ! isset( $row['username'] ) || ! in_array( strtolower( $row['username'] ), $logins, true ) ) {
			$left[ $key ] = $row;
		}
	}
	if ( count( $left ) < count( $rows ) ) {
		update_site_option( 'mo2f_network_transactions_data', $left );
	}
	return count( $rows ) - count( $left );
}

/**
 * Add to a count; nothing is not counted.
 */
function kumquat_count( &$counts, $what, $number ) {
	if ( $number > 0 ) {
		$counts[ $what ] = ( isset( $counts[ $what ] ) ? $counts[ $what ] : 0 ) + $number;
	}
}
