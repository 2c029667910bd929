import type { MemberNetwork, NetworkFinding, NetworkPolicy } from '@phalanx/contracts';

/** A network policy with all that it is judged by. */
export interface NetworkSubject {
  readonly policy: NetworkPolicy;
  readonly members: readonly { readonly applianceId: string; readonly name: string; readonly network: MemberNetwork }[];
  readonly applications: readonly { readonly name: string; readonly listenPort: number }[];
  /** Addresses at which boxes find their controller. */
  readonly controllers: readonly string[];
}

/** Collects what is found, each at its place: a path as in the body of the request, with numbers for places in lists. */
export class Findings {
  readonly all: NetworkFinding[] = [];

  error(path: string, message: string): void {
    this.all.push({ path, severity: 'error', message });
  }

  warning(path: string, message: string): void {
    this.all.push({ path, severity: 'warning', message });
  }
}

export type Judge = (subject: NetworkSubject, findings: Findings) => void;
