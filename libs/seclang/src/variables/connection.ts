import { fixedScalar, steadyScalar, volatileScalar, type Variable } from './variable.js';

/** The two ends of the connection and the transaction's own facts. */
export const connectionVariables: readonly Variable[] = [
  steadyScalar('REMOTE_ADDR', (state) => state.origin.client.address),
  fixedScalar('REMOTE_HOST', (state) => state.origin.client.address),
  fixedScalar('REMOTE_PORT', (state) => String(state.origin.client.port)),
  fixedScalar('REMOTE_USER', (state) => basicUser(state.header('authorization'))),
  fixedScalar('AUTH_TYPE', (state) => state.header('authorization').split(' ', 1)[0]!),
  steadyScalar('SERVER_ADDR', (state) => state.origin.server.address),
  steadyScalar('SERVER_PORT', (state) => String(state.origin.server.port)),
  steadyScalar('SERVER_NAME', (state) => state.header('host').replace(/:\d+$/, '').toLowerCase()),
  fixedScalar('UNIQUE_ID', (state) => state.origin.requestId),
  volatileScalar('DURATION', (state) => String((state.origin.now() - state.startedAt) * 1000)),
  volatileScalar('HIGHEST_SEVERITY', (state) => String(state.highestSeverity)),
];

function basicUser(authorization: string): string {
  const found = /^basic +([A-Za-z0-9+/=]+)$/i.exec(authorization);
  return found === null ? '' : Buffer.from(found[1]!, 'base64').toString('latin1').split(':', 1)[0]!;
}
