import type { ListenerTls } from './config.js';
import type { Generation } from './generation.js';
import type { RouteMatch } from './router.js';

/**
 * Whether a request came over a connection that was made for another application (RFC 9110 7.4, answered 421): the TLS handshake named one
 * application, Host or `:authority` names another, and the certificate that the client accepted is not the other's. Two applications of one
 * certificate may share a connection (RFC 9113 9.1.1), and a client that named no server, or none that is known here, has made no such claim.
 */
export function isMisdirected(generation: Generation, serverName: string | undefined, match: RouteMatch): boolean {
  if (serverName === undefined) return false;
  const named = generation.router.resolve(serverName).route;
  if (named === match.route || named.application === null || match.route.application === null) return false;
  return !generation.config.listeners.some(
    ({ tls }) => tls !== undefined && certificateOf(tls, serverName) === certificateOf(tls, match.host),
  );
}

/** The certificate that a handshake for a name gets: as `CertificateTable` chooses it. */
function certificateOf({ certificates }: ListenerTls, name: string): string {
  const dot = name.indexOf('.');
  const wildcard = dot === -1 ? '' : `*${name.slice(dot)}`;
  const entryFor = (host: string): string | undefined => certificates.find(({ hosts }) => hosts.includes(host))?.certPem;
  return entryFor(name) ?? entryFor(wildcard) ?? certificates[0]?.certPem ?? '';
}
