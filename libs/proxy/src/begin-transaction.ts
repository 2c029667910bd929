import type { ClientAddressResolver } from './client-address.js';
import type { ServerContext } from './context.js';
import type { Downstream } from './downstream.js';
import type { Provenance } from './forwarding.js';
import { isMisdirected } from './misdirected.js';
import type { RequestRecord } from './request-record.js';
import { Transaction } from './transaction.js';

/** Routes a request by its authority and makes its transaction in the current generation, not started yet. */
export function beginTransaction(
  context: ServerContext,
  request: RequestRecord,
  down: Downstream,
  from: Provenance,
  resolver: ClientAddressResolver,
): Transaction {
  const { generation } = context;
  const match = generation.router.resolve(request.authority);
  request.host = match.isValid ? match.host : '';
  // RFC 9112 3.2: an invalid Host is answered 400. HTTP/1.0 may leave it out.
  if (!match.isValid) request.refuse(400, 'host-invalid');
  else if (match.host === '' && request.isModern) request.refuse(400, 'host-empty');
  else if (isMisdirected(generation, from.listener.sni, match)) request.refuse(421, 'misdirected');
  const provenance = from.isPeerTrusted ? { ...from, client: resolver.fromHeaders(from.peer, request.headers) } : from;
  return new Transaction(context, generation, match.route, request, down, provenance);
}
