import { parseArgs } from 'node:util';
import { messageOf } from '@phalanx/kit';
import { parseWorkers, UsageError } from '../usage-error.js';

/** The stand-alone door's command line. */
export interface StandaloneOptions {
  readonly listen: { readonly address: string; readonly port: number };
  readonly upstream: { readonly protocol: 'http' | 'https'; readonly host: string; readonly port: number };
  readonly rules: readonly string[];
  readonly mode: 'detection' | 'prevention';
  readonly audit: string;
  /** Names of request headers that each audit line shows. */
  readonly auditHeaders: readonly string[];
  readonly workers: number;
  /** Folder in which persistent collections outlive the engine; null for one that goes with it. */
  readonly state: string | null;
}

function parseListen(text: string): StandaloneOptions['listen'] {
  const match = /^(?:\[([0-9a-fA-F:.]+)\]|([0-9.]+|localhost)):(\d{1,5})$/.exec(text);
  const port = Number(match?.[3]);
  if (!match || port > 65_535) throw new UsageError(`--listen must read ADDRESS:PORT, not ${text}`);
  const address = match[1] ?? match[2] ?? '';
  return { address: address === 'localhost' ? '127.0.0.1' : address, port };
}

function parseUpstream(text: string): StandaloneOptions['upstream'] {
  const url = URL.canParse(text) ? new URL(text) : null;
  if (!url || (url.protocol !== 'http:' && url.protocol !== 'https:') || (url.pathname !== '/' && url.pathname !== '')) {
    throw new UsageError(`--upstream must read http://HOST:PORT or https://HOST:PORT, not ${text}`);
  }
  const protocol = url.protocol === 'https:' ? 'https' : 'http';
  const port = url.port === '' ? (protocol === 'https' ? 443 : 80) : Number(url.port);
  return { protocol, host: url.hostname.replace(/^\[(.*)\]$/, '$1'), port };
}

function parseMode(text: string): StandaloneOptions['mode'] {
  if (text !== 'detection' && text !== 'prevention') throw new UsageError(`--mode must be detection or prevention, not ${text}`);
  return text;
}

function parseOptions(args: readonly string[]): StandaloneOptions {
  const { values } = parseArgs({
    args: [...args],
    options: {
      listen: { type: 'string' },
      upstream: { type: 'string' },
      rules: { type: 'string', multiple: true },
      mode: { type: 'string' },
      audit: { type: 'string' },
      'audit-header': { type: 'string', multiple: true },
      workers: { type: 'string', default: '1' },
      state: { type: 'string' },
    },
  });
  const { listen, upstream, rules, mode, audit } = values;
  if (listen === undefined) throw new UsageError('--listen is missing');
  if (upstream === undefined) throw new UsageError('--upstream is missing');
  if (rules === undefined) throw new UsageError('--rules is missing');
  if (mode === undefined) throw new UsageError('--mode is missing');
  if (audit === undefined) throw new UsageError('--audit is missing');
  return {
    listen: parseListen(listen),
    upstream: parseUpstream(upstream),
    rules,
    mode: parseMode(mode),
    audit,
    auditHeaders: values['audit-header'] ?? [],
    workers: parseWorkers(values.workers),
    state: values.state ?? null,
  };
}

/** Reads the command line. Throws `UsageError`. */
export function parseStandaloneOptions(args: readonly string[]): StandaloneOptions {
  try {
    return parseOptions(args);
  } catch (error) {
    throw error instanceof UsageError ? error : new UsageError(messageOf(error));
  }
}
