import type { ApplicationPolicy, AppliancePolicy, TlsSecret } from '@phalanx/contracts';
import { AppError, canonicalJson } from '@phalanx/kit';
import type { ApplicationConfig, ClientAddressPolicy, ListenerConfig, ListenerTls, ProxyLimits, UpstreamConfig } from '@phalanx/proxy';

/** What one port serves: its listeners (one per address), its applications and the limits that hold before an application is known. */
export interface PortPlan {
  readonly port: number;
  readonly listeners: readonly ListenerConfig[];
  readonly applications: readonly ApplicationConfig[];
  readonly limits: Partial<ProxyLimits>;
}

function clientAddressOf({ clientAddress }: ApplicationPolicy['settings']): ClientAddressPolicy {
  switch (clientAddress.source) {
    case 'socket':
      return { kind: 'socket' };
    case 'proxy-protocol':
      return { kind: 'proxy-protocol', networks: clientAddress.trustedNetworks };
    case 'forwarded-header':
      return { kind: 'forwarded-header', header: clientAddress.header, networks: clientAddress.trustedNetworks };
  }
}

function upstreamOf({ upstream, settings }: ApplicationPolicy): UpstreamConfig {
  return {
    targets: upstream.targets,
    balance: upstream.balance,
    responseTimeoutMs: settings.limits.upstreamTimeoutMs,
    ...(upstream.protocol === 'https'
      ? {
          tls: {
            verify: upstream.verify,
            ...(upstream.caPem === null ? {} : { caPem: upstream.caPem }),
            ...(upstream.serverName === null ? {} : { serverName: upstream.serverName }),
          },
        }
      : {}),
  };
}

/** Host names as the router compares them; `*` is the default application instead. */
function hostsOf(application: ApplicationPolicy): string[] {
  return application.hosts.filter((host) => host !== '*').map((host) => host.replace(/^\[(.*)\]$/, '$1'));
}

function applicationConfigOf(application: ApplicationPolicy): ApplicationConfig {
  const { level, limits, inspection } = application.settings;
  return {
    id: application.id,
    hosts: hostsOf(application),
    isDefault: application.hosts.includes('*'),
    upstream: upstreamOf(application),
    limits: {
      requestBodyLimitBytes: limits.inspectedBodyBytes,
      // Only prevention refuses anything.
      requestOverLimit: level === 'prevention' ? limits.overBodyLimit : 'pass-unexamined',
      bodyMemoryBytes: limits.bodyMemoryBytes,
      responseBodyLimitBytes: inspection.inspectedResponseBytes,
      responseOverLimit: 'pass-unexamined',
    },
  };
}

/** All applications of a port must agree on what is decided before the application of a request is known. */
function agreed<T>(port: number, what: string, applications: readonly ApplicationPolicy[], read: (a: ApplicationPolicy) => T): T {
  const [first, ...others] = applications;
  if (first === undefined) throw new AppError('bug', 'engine.empty-port', `port ${port} serves no application`);
  const value = read(first);
  const form = canonicalJson(value);
  const odd = others.find((other) => canonicalJson(read(other)) !== form);
  if (odd) {
    throw new AppError(
      'invalid',
      'engine.port-conflict',
      `applications ${first.name} and ${odd.name} share port ${port} but differ in ${what}`,
    );
  }
  return value;
}

function tlsOf(
  port: number,
  applications: readonly ApplicationPolicy[],
  secrets: ReadonlyMap<string, TlsSecret>,
  ticketKeys: Buffer,
): ListenerTls | null {
  if (!agreed(port, 'whether it speaks TLS', applications, (a) => a.settings.tls.certificateId !== null)) return null;
  // The default application's certificate serves clients that name no known server.
  const ordered = [...applications].sort((a, b) => Number(b.hosts.includes('*')) - Number(a.hosts.includes('*')));
  const certificates = ordered.map((application) => {
    const id = application.settings.tls.certificateId ?? '';
    const secret = secrets.get(id);
    if (!secret)
      throw new AppError(
        'unavailable',
        'engine.missing-secret',
        `application ${application.name} needs certificate ${id}, which is not on this box`,
      );
    return { hosts: hostsOf(application), certPem: secret.certificatePem, keyPem: secret.privateKeyPem };
  });
  const minVersion = applications.some((a) => a.settings.tls.minVersion === 'TLSv1.3') ? 'TLSv1.3' : 'TLSv1.2';
  return { certificates, minVersion, ticketKeys };
}

/** Two applications of a port must not answer for the same name. */
function checkHosts(port: number, applications: readonly ApplicationPolicy[]): void {
  const owners = new Map<string, string>();
  for (const { name, hosts } of applications) {
    for (const host of new Set(hosts)) {
      const owner = owners.get(host);
      if (owner !== undefined) {
        throw new AppError('invalid', 'engine.host-conflict', `applications ${owner} and ${name} both answer for ${host} on port ${port}`);
      }
      owners.set(host, name);
    }
  }
}

/** The widest value of the port's applications: each one's own, if narrower, is enforced once it is known. */
function widest(applications: readonly ApplicationPolicy[]): Partial<ProxyLimits> {
  const max = (read: (limits: ApplicationPolicy['settings']['limits']) => number): number =>
    Math.max(...applications.map((a) => read(a.settings.limits)));
  return {
    headerBytes: max((l) => l.headerBytes),
    headerCount: max((l) => l.headerCount),
    urlBytes: max((l) => l.urlBytes),
    headersTimeoutMs: max((l) => l.headersTimeoutMs),
    bodyTimeoutMs: max((l) => l.bodyTimeoutMs),
    idleTimeoutMs: max((l) => l.idleTimeoutMs),
  };
}

/**
 * The policy by port. Throws `invalid` when applications of a port contradict each other, `unavailable` when a certificate is missing.
 */
export function planPorts(policy: AppliancePolicy, secrets: ReadonlyMap<string, TlsSecret>, ticketKeys: Buffer): PortPlan[] {
  const byPort = new Map<number, ApplicationPolicy[]>();
  for (const application of policy.applications) {
    byPort.set(application.listenPort, [...(byPort.get(application.listenPort) ?? []), application]);
  }
  return [...byPort].map(([port, applications]) => {
    checkHosts(port, applications);
    const clientAddress = agreed(port, 'the client address policy', applications, (a) => clientAddressOf(a.settings));
    const tls = tlsOf(port, applications, secrets, ticketKeys);
    return {
      port,
      listeners: policy.listenAddresses.map((address) => ({ address, port, clientAddress, ...(tls ? { tls } : {}) })),
      applications: applications.map(applicationConfigOf),
      limits: widest(applications),
    };
  });
}
