import { type ApplianceNetwork, NETWORK_THREATS, type NetworkThreat } from '@phalanx/contracts';

/** What a packet was noted for: the mark that it bears when it is noted. */
export interface Noted {
  readonly threat: NetworkThreat;
  readonly action: 'blocked' | 'passed';
  /** Id of the access control rule, or name of the payload rule. */
  readonly rule: string | null;
}

const OF_RULES = 0x10_00_00_00;
const OF_PAYLOADS = 0x20_00_00_00;
/** Fragments that the kernel itself discards: no rule counts them. */
export const DISCARDED_OVERLAP = 0x30_00_00_01;
/** The name of a rule becomes so many bits of its code. */
const BITS = 24;

/** Codes that stay the same as long as a rule's name does: what was noted before a change of rules is still understood after it. */
export class ThreatCodes {
  private readonly meanings = new Map<number, Noted>();
  private readonly codes = new Map<string, number>();

  constructor({ policy }: Pick<ApplianceNetwork, 'policy'>) {
    for (const [index, threat] of NETWORK_THREATS.entries()) this.meanings.set(index + 1, { threat, action: 'blocked', rule: null });
    this.meanings.set(DISCARDED_OVERLAP, { threat: 'overlapping-fragment', action: 'blocked', rule: null });
    for (const { id, action } of policy.rules)
      this.give(OF_RULES, id, { threat: 'rule', action: action === 'accept' ? 'passed' : 'blocked', rule: id });
    for (const { name, action } of policy.payloadRules)
      this.give(OF_PAYLOADS, name, { threat: 'payload', action: action === 'count' ? 'passed' : 'blocked', rule: name });
  }

  /** Null for a code of rules that are gone. */
  meaning(code: number): Noted | null {
    return this.meanings.get(code) ?? null;
  }

  ofThreat(threat: NetworkThreat): number {
    return NETWORK_THREATS.indexOf(threat) + 1;
  }

  /** Of an access control rule's id. */
  ofRule(id: string): number {
    return this.codes.get(`${OF_RULES} ${id}`)!;
  }

  ofPayload(name: string): number {
    return this.codes.get(`${OF_PAYLOADS} ${name}`)!;
  }

  private give(kind: number, name: string, noted: Noted): void {
    let code = kind + hashOf(name);
    while (this.meanings.has(code)) code++;
    this.meanings.set(code, noted);
    this.codes.set(`${kind} ${name}`, code);
  }
}

/** FNV-1a, folded. @see draft-eastlake-fnv */
function hashOf(text: string): number {
  let hash = 0x81_1c_9d_c5;
  for (let i = 0; i < text.length; i++) hash = Math.imul(hash ^ text.charCodeAt(i), 0x01_00_01_93);
  return (hash >>> 0) % 2 ** BITS;
}
