import { resolve } from 'node:path';
import { parseArgs } from 'node:util';
import { AppError } from '@phalanx/kit';

const USAGE = `usage: agent --home DIR [--claim CLAIM --enrol-url URL --ca-fingerprint SHA256] [--network own|foreign]
             [--separation on|off] [--log-level LEVEL]

  --home DIR               folder of the box's state            (PHALANX_BOX_HOME)
  --claim CLAIM            one-time claim, for the first start  (PHALANX_CLAIM)
  --enrol-url URL          https address of the controller's enrolment endpoint (PHALANX_ENROL_URL)
  --ca-fingerprint SHA256  of the controller's authority, in hex (PHALANX_CA_FINGERPRINT)
  --network own|foreign    whether this machine's packet filter, addresses and routes are the box's to change;
                           foreign unless given                 (PHALANX_NETWORK)
  --separation on|off      whether the agent stands behind the engine where processor or memory is short;
                           on unless given                      (PHALANX_SEPARATION)
  --log-level LEVEL        error, warn, info or debug           (PHALANX_LOG_LEVEL)

Once the box has enrolled, claim, address and fingerprint are not looked at any more.`;

export interface ClaimOptions {
  readonly claim: string;
  readonly enrolmentUrl: string;
  /** Lower-case hex SHA-256 of the authority's certificate. */
  readonly caFingerprint: string;
}

export interface AgentConfig {
  readonly home: string;
  /** Null where none was given: the box must have enrolled before. */
  readonly claim: ClaimOptions | null;
  /** Whether the network of this machine (or of this network namespace) is the box's to change. */
  readonly ownsNetwork: boolean;
  /** Whether the agent stands behind the engine where processor or memory is short. */
  readonly isSeparate: boolean;
  readonly logLevel: 'error' | 'warn' | 'info' | 'debug';
}

const LEVELS = ['error', 'warn', 'info', 'debug'] as const;

/** From the command line, else the environment. Throws `invalid` with code `cli.usage` naming everything that is wrong. */
export function readAgentConfig(args: readonly string[], environment: NodeJS.ProcessEnv): AgentConfig {
  const given = parse(args);
  const value = (flag: keyof typeof given, variable: string) => given[flag] ?? (environment[variable] || undefined);
  const problems: string[] = [];
  const home = value('home', 'PHALANX_BOX_HOME');
  if (!home) problems.push('--home is missing');
  const logLevel = LEVELS.find((level) => level === (value('log-level', 'PHALANX_LOG_LEVEL') ?? 'info'));
  if (!logLevel) problems.push(`--log-level must be one of ${LEVELS.join(', ')}`);
  const network = value('network', 'PHALANX_NETWORK') ?? 'foreign';
  if (network !== 'own' && network !== 'foreign') problems.push('--network must be own or foreign');
  const separation = value('separation', 'PHALANX_SEPARATION') ?? 'on';
  if (separation !== 'on' && separation !== 'off') problems.push('--separation must be on or off');
  const claim = value('claim', 'PHALANX_CLAIM');
  const enrolmentUrl = value('enrol-url', 'PHALANX_ENROL_URL');
  const caFingerprint = value('ca-fingerprint', 'PHALANX_CA_FINGERPRINT')?.replace(/:/g, '').toLowerCase();
  if (claim) {
    if (!enrolmentUrl || !URL.canParse(enrolmentUrl) || new URL(enrolmentUrl).protocol !== 'https:')
      problems.push('a claim needs --enrol-url with an https address');
    if (!caFingerprint || !/^[0-9a-f]{64}$/.test(caFingerprint)) problems.push('a claim needs --ca-fingerprint with a SHA-256 in hex');
  }
  if (problems.length > 0 || !home || !logLevel) throw new AppError('invalid', 'cli.usage', `${problems.join('\n')}\n\n${USAGE}`);
  return {
    home: resolve(home),
    claim: claim && enrolmentUrl && caFingerprint ? { claim, enrolmentUrl, caFingerprint } : null,
    ownsNetwork: network === 'own',
    isSeparate: separation === 'on',
    logLevel,
  };
}

function parse(args: readonly string[]) {
  try {
    const text = { type: 'string' } as const;
    return parseArgs({
      args: [...args],
      options: { home: text, claim: text, 'enrol-url': text, 'ca-fingerprint': text, network: text, separation: text, 'log-level': text },
    }).values;
  } catch (cause) {
    throw new AppError('invalid', 'cli.usage', `${cause instanceof Error ? cause.message : String(cause)}\n\n${USAGE}`, { cause });
  }
}
