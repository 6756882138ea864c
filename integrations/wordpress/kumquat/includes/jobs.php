<?php
/**
 * Jobs: fetched from the server or sent by it, done once, answered to the letter as often as asked.
 *
 * @package Kumquat
 */

if ( ! defined( 'ABSPATH' ) ) {
	exit;
}

define( 'KUMQUAT_MOST', 50 ); // Answers, and removals that no job has asked for yet, that are remembered.

/**
 * Ask for jobs, do them, answer them.
 *
 * @return string What went wrong, in words; '' when all went well.
 */
function kumquat_poll() {
	$said    = kumquat_fetch();
	$trouble = is_wp_error( $said ) ? $said->get_error_message() : '';
	kumquat_note( array( 'at' => time() ) );
	if ( '' === $trouble ) {
		kumquat_note( array( 'site' => isset( $said['site'] ) ? (string) $said['site'] : '' ) );
		foreach ( isset( $said['jobs'] ) && is_array( $said['jobs'] ) ? $said['jobs'] : array() as $job ) {
			$failed  = kumquat_work( $job );
			$trouble = '' === $failed ? $trouble : $failed;
		}
	}
	kumquat_note( array( 'trouble' => $trouble ) );
	return $trouble;
}

/**
 * Fetch what waits. The server is told where it can send jobs to; where it will not, it is left with being asked.
 */
function kumquat_fetch() {
	$url  = rest_url( 'kumquat/v1/jobs' );
	$body = array(
		'type'       => 'site_jobs.fetch',
		'public_key' => kumquat_public_key(),
		'program'    => 'kumquat-wordpress ' . KUMQUAT_VERSION,
		'url'        => 0 === strpos( $url, 'https://' ) ? $url : '',
	);
	$said = kumquat_call( '/api/v1/site-jobs/', $body );
	if ( '' !== $body['url'] && is_wp_error( $said ) && 'kumquat_400' === $said->get_error_code() ) {
		$said = kumquat_call( '/api/v1/site-jobs/', array_merge( $body, array( 'url' => '' ) ) );
	}
	return $said;
}

/**
 * Do one job that was fetched and answer it; what went wrong, in words.
 */
function kumquat_work( $job ) {
	$headers = isset( $job['headers'] ) ? (array) $job['headers'] : array();
	$answer  = kumquat_do( $headers, isset( $job['body'] ) ? (string) $job['body'] : '' );
	if ( is_wp_error( $answer ) ) {
		return $answer->get_error_message();
	}
	$body = array(
		'type'      => 'site_jobs.answer',
		'answer'    => $answer['answer'],
		'signature' => $answer['signature'],
	);
	$said = kumquat_call( '/api/v1/site-jobs/' . rawurlencode( $answer['job'] ) . '/answer', $body );
	return is_wp_error( $said ) ? $said->get_error_message() : '';
}

/**
 * Do a job that the server signed, once; asked again, the same answer is given.
 *
 * @return array|WP_Error The job's id, the answer's text and its signature.
 */
function kumquat_do( $headers, $body ) {
	if ( ! kumquat_is_from_server( $headers, $body ) ) {
		return new WP_Error( 'kumquat_signature', __( 'A job came that the server did not sign.', 'kumquat' ), array( 'status' => 401 ) );
	}
	$said = json_decode( $body, true );
	$data = isset( $said['data'] ) ? $said['data'] : array();
	if ( ! isset( $said['type'], $data['id'], $data['site'], $data['username'] ) || 'site_job.erase' !== $said['type'] ) {
		return new WP_Error( 'kumquat_job', __( 'A job came that this version of the plugin does not know. Update the plugin.', 'kumquat' ), array( 'status' => 400 ) );
	}
	return kumquat_one_at_a_time( 'kumquat_answer_once', $data );
}

/**
 * Do something while nobody else does, for a job may be fetched while it is being sent: the second waits, and sees what
 * the first has left in the options.
 */
function kumquat_one_at_a_time( $what, $given ) {
	global $wpdb;
	$lock = $wpdb->base_prefix . 'kumquat_jobs';
	$wpdb->query( $wpdb->prepare( 'SELECT GET_LOCK(%s, 20)', $lock ) ); // phpcs:ignore WordPress.DB
	wp_cache_delete( 'alloptions', 'options' );
	wp_cache_delete( 'kumquat_answers', 'options' );
	wp_cache_delete( get_current_network_id() . ':kumquat_answers', 'site-options' );
	try {
		return call_user_func( $what, $given );
	} finally {
		$wpdb->query( $wpdb->prepare( 'SELECT RELEASE_LOCK(%s)', $lock ) ); // phpcs:ignore WordPress.DB
	}
}

/**
 * The answer to a job: the one that was given, or a new one once the job is done.
 */
function kumquat_answer_once( $data ) {
	$answers = get_site_option( 'kumquat_answers', array() );
	$answers = is_array( $answers ) ? $answers : array();
	if ( isset( $answers[ $data['id'] ] ) ) {
		return $answers[ $data['id'] ];
	}
	$names   = array( (string) $data['username'], isset( $data['email'] ) ? (string) $data['email'] : '' );
	$outcome = kumquat_remove( $names );
	foreach ( kumquat_recall( $names ) as $what => $count ) {
		kumquat_count( $outcome['removed'], $what, $count );
	}
	$text   = wp_json_encode( kumquat_answer( $data, $outcome ) );
	$answer = array(
		'job'       => (string) $data['id'],
		'answer'    => $text,
		'signature' => kumquat_sign( $text ),
	);
	if ( $outcome['failed'] ) { // It comes again, and is then answered with all that went by then.
		kumquat_remember( $names, $outcome['removed'] );
		return $answer;
	}
	$answers[ $data['id'] ] = $answer;
	update_site_option( 'kumquat_answers', array_slice( $answers, -KUMQUAT_MOST, null, true ) );
	kumquat_note_job( $data['id'], array_sum( $outcome['removed'] ) );
	kumquat_forget( $names );
	return $answer;
}

/**
 * What is answered: how much of what was removed, here or a while ago when nobody had asked yet, and what stays, why.
 */
function kumquat_answer( $data, $outcome ) {
	$lines = array();
	foreach ( $outcome['removed'] as $what => $count ) {
		$lines[] = array(
			'what'  => $what,
			'count' => $count,
		);
	}
	$account = array(
		'what'  => 'wordpress.account',
		'count' => $outcome['accounts'],
		'why'   => 'own_account',
	);
	return array(
		'type'    => 'site_job.answer',
		'job'     => (string) $data['id'],
		'site'    => (string) $data['site'],
		'at'      => gmdate( 'Y-m-d\TH:i:s+00:00' ),
		'outcome' => $outcome['failed'] ? 'failed' : 'done',
		'problem' => $outcome['failed'] ? 'database' : '',
		'removed' => $lines,
		'kept'    => $account['count'] > 0 ? array( $account ) : array(),
	);
}

/**
 * Keep a line for the page under Tools; it names nobody.
 */
function kumquat_note_job( $id, $removed ) {
	$state  = kumquat_state();
	$jobs   = $state['jobs'];
	$jobs[] = array(
		'id'      => substr( (string) $id, 0, 6 ),
		'at'      => time(),
		'removed' => $removed,
	);
	kumquat_note(
		array(
			'done' => $state['done'] + 1,
			'jobs' => array_slice( $jobs, -10 ),
		)
	);
}

/* -- What was removed before a job asked for it: counts under a keyed hash of the name -------------------------------- */

/**
 * Remember what was removed of a person with these names, so that the answer to the job that follows says it.
 */
function kumquat_remember( $names, $removed ) {
	$kept = get_site_option( 'kumquat_removed', array() );
	$kept = is_array( $kept ) ? $kept : array();
	foreach ( $names as $name ) {
		$kept[ kumquat_hash( $name ) ] = array(
			'of'      => kumquat_hash( $names[0] ),
			'removed' => $removed,
		);
	}
	update_site_option( 'kumquat_removed', array_slice( $kept, -KUMQUAT_MOST, null, true ) );
}

/**
 * What was removed earlier of a person with one of these names.
 */
function kumquat_recall( $names ) {
	$kept = get_site_option( 'kumquat_removed', array() );
	foreach ( array_map( 'kumquat_hash', $names ) as $hash ) {
		if ( isset( $kept[ $hash ]['removed'] ) ) {
			return $kept[ $hash ]['removed'];
		}
	}
	return array();
}

/**
 * Once it is in an answer, it is forgotten under all of the person's names.
 */
function kumquat_forget( $names ) {
	$kept = get_site_option( 'kumquat_removed', array() );
	foreach ( array_map( 'kumquat_hash', $names ) as $hash ) {
		$of = isset( $kept[ $hash ]['of'] ) ? $kept[ $hash ]['of'] : '';
		foreach ( '' === $of ? array() : $kept as $other => $row ) {
			if ( $row['of'] === $of ) {
				unset( $kept[ $other ] );
			}
		}
	}
	update_site_option( 'kumquat_removed', $kept );
}

/**
 * A name's keyed hash.
 */
function kumquat_hash( $name ) {
	return hash_hmac( 'sha256', strtolower( $name ), wp_salt( 'auth' ) );
}

/* -- Jobs that the server sends ---------------------------------------------------------------------------------------- */

/**
 * The address that takes them. Whoever calls is believed by the signature alone.
 */
function kumquat_register_route() {
	$route = array(
		'methods'             => 'POST',
		'callback'            => 'kumquat_receive',
		'permission_callback' => '__return_true',
	);
	register_rest_route( 'kumquat/v1', '/jobs', $route );
}

/**
 * Do the job that was sent, and answer in the same breath.
 */
function kumquat_receive( $request ) {
	$headers = array();
	foreach ( array( 'webhook-id', 'webhook-timestamp', 'webhook-signature' ) as $name ) {
		$headers[ $name ] = (string) $request->get_header( $name );
	}
	return kumquat_do( $headers, $request->get_body() );
}
