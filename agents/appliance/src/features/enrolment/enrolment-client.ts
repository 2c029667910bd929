import { type IncomingMessage, request } from 'node:http';
import { type TLSSocket } from 'node:tls';
import { type EnrolmentGrant, enrolmentGrantSchema, type EnrolRequest, problemSchema, type RenewRequest } from '@phalanx/contracts';
import { AppError, messageOf, withDeadline } from '@phalanx/kit';
import { connect } from 'node:tls';
import { parseAddress } from '../../platform/controller-address.js';
import { connectTrusted } from '../../platform/trusted-socket.js';
import { findByFingerprint } from '../../platform/verify-server.js';

const TIMEOUT_MS = 20_000;
const ANSWER_LIMIT_BYTES = 4 * 1024 * 1024;

/**
 * The authority's certificate (PEM) whose fingerprint is pinned, as the server at the address shows it. Nothing is sent to the server
 * but the handshake. Throws `forbidden` when it shows another authority, `unavailable` when it can't be reached.
 */
export async function fetchAuthority(url: string, fingerprint: string, timeoutMs = TIMEOUT_MS): Promise<string> {
  const { host, port } = parseAddress(url);
  const found = await reach(url, timeoutMs, (signal) => {
    // Who the server is follows from the fingerprint; the requests after this one check it in full.
    const socket = connect({ host, port, rejectUnauthorized: false });
    signal.addEventListener('abort', () => socket.destroy(), { once: true });
    return new Promise<string | null>((resolve, reject) => {
      socket.once('secureConnect', () => {
        resolve(findByFingerprint(socket.getPeerX509Certificate(), fingerprint));
        socket.destroy();
      });
      socket.once('error', reject);
    });
  });
  if (found === null)
    throw new AppError(
      'forbidden',
      'enrolment.other-authority',
      `the server at ${url} does not have the authority with the pinned fingerprint`,
    );
  return found;
}

/** Asks for the first certificate. Throws `forbidden` with the controller's code when it refuses, `unavailable` when it can't answer now. */
export function enrol(url: string, caPem: string, body: EnrolRequest): Promise<EnrolmentGrant> {
  return post(new URL('/enrol/v1/enrol', url).href, caPem, body);
}

/** Asks for the next certificate. Errors as with `enrol`. */
export function renew(url: string, caPem: string, body: RenewRequest): Promise<EnrolmentGrant> {
  return post(new URL('/enrol/v1/renew', url).href, caPem, body);
}

async function post(url: string, caPem: string, body: object): Promise<EnrolmentGrant> {
  const { status, text } = await reach(url, TIMEOUT_MS, (signal) => exchange(url, caPem, JSON.stringify(body), signal));
  if (status === 200) {
    const grant = enrolmentGrantSchema.safeParse(parseJson(text));
    if (!grant.success)
      throw new AppError('unavailable', 'enrolment.bad-answer', `the answer of ${url} was not understood`, { cause: grant.error });
    return grant.data;
  }
  const problem = problemSchema.safeParse(parseJson(text));
  const code = problem.success ? problem.data.code : 'enrolment.bad-answer';
  const detail = problem.success ? problem.data.detail : `HTTP ${status}`;
  const isFinal = status >= 400 && status < 500 && status !== 429 && status !== 408;
  throw new AppError(isFinal ? 'forbidden' : 'unavailable', code, detail);
}

async function reach<T>(url: string, timeoutMs: number, work: (signal: AbortSignal) => Promise<T>): Promise<T> {
  try {
    return await withDeadline(timeoutMs, `the request to ${url}`, work);
  } catch (cause) {
    if (cause instanceof AppError && cause.kind === 'forbidden') throw cause;
    throw new AppError('unavailable', 'enrolment.unreachable', `${url} can't be reached: ${messageOf(cause)}`, { cause });
  }
}

function exchange(url: string, caPem: string, body: string, signal: AbortSignal): Promise<{ status: number; text: string }> {
  const { host, port } = parseAddress(url);
  return new Promise((resolve, reject) => {
    const socket: TLSSocket = connectTrusted({ host, port, caPem });
    socket.once('error', reject);
    // The request is written once the server is known for ours.
    socket.once('secureConnect', () => {
      if (socket.destroyed) return;
      const call = request(url.replace(/^https:/, 'http:'), {
        method: 'POST',
        createConnection: () => socket,
        signal,
        headers: {
          'content-type': 'application/json',
          'content-length': Buffer.byteLength(body),
          host: new URL(url).host,
          connection: 'close',
        },
      });
      call.once('error', reject);
      call.once('response', (response) => {
        readText(response).then((text) => resolve({ status: response.statusCode ?? 0, text }), reject);
      });
      call.end(body);
    });
    signal.addEventListener('abort', () => socket.destroy(), { once: true });
  });
}

async function readText(response: IncomingMessage): Promise<string> {
  const chunks: Buffer[] = [];
  let length = 0;
  for await (const chunk of response as AsyncIterable<Buffer>) {
    length += chunk.length;
    if (length > ANSWER_LIMIT_BYTES) throw new Error('the answer is too long');
    chunks.push(chunk);
  }
  return Buffer.concat(chunks).toString('utf8');
}

function parseJson(text: string): unknown {
  try {
    return JSON.parse(text);
  } catch {
    // Not JSON is as little understood as JSON of another shape.
    return null;
  }
}
