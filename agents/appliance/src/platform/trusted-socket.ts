import { isIP } from 'node:net';
import { connect, type TLSSocket } from 'node:tls';
import { verifyServer } from './verify-server.js';

export interface TrustedSocketOptions {
  readonly host: string;
  readonly port: number;
  /** Trust anchor of the server (PEM). */
  readonly caPem: string;
  /** Shown to a server that asks for it. */
  readonly certificatePem?: string;
  readonly privateKeyPem?: string;
  /** Of an earlier connection to the same server, to come back without a full handshake. */
  readonly session?: Buffer;
  readonly onSession?: (session: Buffer) => void;
}

/** A TLS connection to a server under our own authority: destroyed with the reason when the server is another (see `verifyServer`). */
export function connectTrusted(options: TrustedSocketOptions): TLSSocket {
  const { host, port, caPem, certificatePem, privateKeyPem, session, onSession } = options;
  const socket = connect({
    host,
    port,
    ca: caPem,
    servername: isIP(host) ? '' : host,
    // The chain is checked by `verifyServer`, which OpenSSL can't be told to do without judging dates.
    rejectUnauthorized: false,
    minVersion: 'TLSv1.2',
    ...(certificatePem ? { cert: certificatePem } : {}),
    ...(privateKeyPem ? { key: privateKeyPem } : {}),
    ...(session ? { session } : {}),
  });
  socket.setNoDelay(true);
  let isVerified = false;
  let offered: Buffer | null = null;
  socket.on('session', (ticket) => {
    offered = ticket;
    if (isVerified) onSession?.(ticket);
  });
  socket.once('secureConnect', () => {
    try {
      // A resumed session is bound to the server that was verified when it began.
      if (!socket.isSessionReused()) verifyServer(socket.getPeerX509Certificate(), host, caPem);
      isVerified = true;
      if (offered) onSession?.(offered);
    } catch (error) {
      socket.destroy(error as Error);
    }
  });
  return socket;
}
