import type { Upstream } from '@phalanx/contracts';

/** What policies need to know of an application. */
export interface PolicyApplication {
  readonly id: string;
  readonly tenantId: string;
  readonly clusterId: string;
  readonly name: string;
  readonly hosts: readonly string[];
  readonly listenPort: number;
  readonly upstream: Upstream;
}

export interface ApplicationFilter {
  readonly ids?: readonly string[];
  readonly tenantId?: string;
  readonly clusterIds?: readonly string[];
}

/** Applications as policies see them. Implemented by the applications feature, which stands above this one. */
export abstract class ApplicationDirectory {
  /** Those in scope that meet all of the filter, in the order of their ids. */
  abstract find(filter: ApplicationFilter): Promise<readonly PolicyApplication[]>;
}
