/** What is known of a box's connections to the broker. */
export interface ConnectionState {
  /** The connection that counts now; null when it has ended and no newer one is known. */
  readonly current: string | null;
  /** Connections that are over, newest first: what still arrives of them says nothing about now. */
  readonly past: readonly string[];
}

const REMEMBERED = 16;

function withPast(past: readonly string[], connection: string | null): readonly string[] {
  if (connection === null || past.includes(connection)) return past;
  return [connection, ...past].slice(0, REMEMBERED);
}

/** Something of the connection arrived. Null where the connection is over: it must not bring the box back. */
export function hearFrom(state: ConnectionState, connection: string): ConnectionState | null {
  if (state.past.includes(connection)) return null;
  if (state.current === connection) return state;
  return { current: connection, past: withPast(state.past, state.current) };
}

/**
 * The connection has ended (last will, or its own word). `wasCurrent` is false for the will of a connection that a newer one has
 * taken over, and for one that is not known yet, whose late messages are then ignored too.
 */
export function endOf(state: ConnectionState, connection: string): { state: ConnectionState; wasCurrent: boolean } {
  const wasCurrent = state.current === connection;
  return { state: { current: wasCurrent ? null : state.current, past: withPast(state.past, connection) }, wasCurrent };
}
