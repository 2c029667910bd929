import { AppError } from '@phalanx/kit';

export interface ServerAddress {
  readonly host: string;
  readonly port: number;
}

const DEFAULT_PORTS: Readonly<Record<string, number>> = { 'mqtts:': 8883, 'https:': 443 };

/** Host and port of an `mqtts://` or `https://` address. Throws `invalid` for another. */
export function parseAddress(url: string): ServerAddress {
  const parsed = URL.canParse(url) ? new URL(url) : null;
  const defaultPort = parsed ? DEFAULT_PORTS[parsed.protocol] : undefined;
  if (!parsed || defaultPort === undefined) throw new AppError('invalid', 'link.bad-address', `${url} is no mqtts or https address`);
  return { host: parsed.hostname.replace(/^\[|\]$/g, ''), port: parsed.port ? Number(parsed.port) : defaultPort };
}
