import { messageOf } from '@phalanx/kit';
import type { ServerContext } from './context.js';
import type { Provenance } from './forwarding.js';
import type { HttpFault } from './http1/fault.js';
import { nextRequestId } from './request-id.js';

const EVIDENCE_BYTES = 2048;

/** Counts unreadable bytes and tells the gate of unrouted requests, before they are answered. Gives the id for the answer. */
export function reportMalformed(context: ServerContext, from: Provenance, fault: HttpFault, bytes: Buffer): string {
  const requestId = nextRequestId();
  context.counters.malformed += 1;
  try {
    context.generation.unrouted.gate.onMalformed?.({
      requestId,
      client: from.client,
      peer: from.peer,
      listener: from.listener,
      reason: fault.reason,
      status: fault.status,
      bytes: Buffer.from(bytes.subarray(0, EVIDENCE_BYTES)),
    });
  } catch (error) {
    context.logger.error('a malformed request could not be recorded', { requestId, reason: messageOf(error) });
  }
  return requestId;
}
