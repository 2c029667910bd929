import { Injectable } from '@nestjs/common';
import type { ApplianceView, NetworkFinding } from '@phalanx/contracts';
import { DesiredStateService } from '../desired-state/index.js';
import { ControllerAddresses } from '../enrolment/index.js';
import { ApplicationDirectory } from '../policies/index.js';
import type { NetworkSubject } from './findings/subject.js';

/** What a network policy is judged by, besides itself. In the transaction of the caller. */
@Injectable()
export class NetworkSurroundings {
  constructor(
    private readonly applications: ApplicationDirectory,
    private readonly addresses: ControllerAddresses,
    private readonly states: DesiredStateService,
  ) {}

  async of(clusterId: string): Promise<Pick<NetworkSubject, 'applications' | 'controllers'>> {
    const { mqttUrls, enrolmentUrls } = this.addresses.current();
    const hosts = [...mqttUrls, ...enrolmentUrls].map((url) => new URL(url).hostname.replace(/^\[|\]$/g, ''));
    return { applications: await this.applications.find({ clusterIds: [clusterId] }), controllers: [...new Set(hosts)] };
  }

  /** A warning for each box whose network was edited by hand: the change writes over that. */
  async driftOf(boxes: readonly ApplianceView[]): Promise<NetworkFinding[]> {
    const findings: NetworkFinding[] = [];
    for (const { id, name } of boxes) {
      const network = (await this.states.view(id)).facets.find(({ facet }) => facet === 'network');
      if (network?.state === 'drifted')
        findings.push({
          path: 'members',
          severity: 'warning',
          message: `${name} runs otherwise than it was applied; this writes over what was found there`,
        });
    }
    return findings;
  }
}
