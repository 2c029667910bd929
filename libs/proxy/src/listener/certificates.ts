import { createSecureContext, type SecureContext } from 'node:tls';
import { AppError, messageOf } from '@phalanx/kit';
import type { CertificateEntry, ListenerTls } from '../config.js';

/** The certificates of a listener by server name. Throws `proxy.certificate` when a certificate and its key don't fit. */
export class CertificateTable {
  readonly fallback: SecureContext;
  readonly #exact = new Map<string, SecureContext>();
  readonly #wildcards = new Map<string, SecureContext>();

  constructor(tls: ListenerTls) {
    const [first] = tls.certificates;
    if (first === undefined) throw new AppError('invalid', 'proxy.certificate', 'a TLS listener needs a certificate');
    const contexts = tls.certificates.map((entry) => this.#add(entry, tls));
    this.fallback = contexts[0] ?? makeContext(first, tls);
  }

  /** The context for a name; the first certificate's where none fits. */
  find(serverName: string): SecureContext {
    const name = serverName.toLowerCase();
    const dot = name.indexOf('.');
    // A wildcard certificate covers exactly one label (RFC 9525 6.3).
    return this.#exact.get(name) ?? (dot === -1 ? undefined : this.#wildcards.get(name.slice(dot))) ?? this.fallback;
  }

  #add(entry: CertificateEntry, tls: ListenerTls): SecureContext {
    const context = makeContext(entry, tls);
    for (const host of entry.hosts) {
      const name = host.toLowerCase();
      if (name.startsWith('*.')) this.#wildcards.set(name.slice(1), context);
      else this.#exact.set(name, context);
    }
    return context;
  }
}

function makeContext(entry: CertificateEntry, tls: ListenerTls): SecureContext {
  try {
    return createSecureContext({
      cert: entry.certPem,
      key: entry.keyPem,
      minVersion: tls.minVersion ?? 'TLSv1.2',
      ...(tls.ciphers === undefined ? {} : { ciphers: tls.ciphers }),
    });
  } catch (cause) {
    const hosts = entry.hosts.join(', ');
    throw new AppError('invalid', 'proxy.certificate', `the certificate for ${hosts} can't be used: ${messageOf(cause)}`, { cause });
  }
}
