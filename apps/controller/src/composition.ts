import type { ControllerFeature } from './platform/feature.js';
import { accessFeature } from './features/access/index.js';
import { appliancesFeature } from './features/appliances/index.js';
import { applicationsFeature } from './features/applications/index.js';
import { auditFeature } from './features/audit/index.js';
import { blocksFeature } from './features/blocks/index.js';
import { brokerFeature } from './features/broker/index.js';
import { contentFeature } from './features/content/index.js';
import { desiredStateFeature } from './features/desired-state/index.js';
import { enrolmentFeature } from './features/enrolment/index.js';
import { eventsFeature } from './features/events/index.js';
import { haFeature } from './features/ha/index.js';
import { healthFeature } from './features/health/index.js';
import { liveFeature } from './features/live/index.js';
import { networkFeature } from './features/network/index.js';
import { partitionsFeature } from './features/partitions/index.js';
import { pkiFeature } from './features/pki/index.js';
import { policiesFeature } from './features/policies/index.js';
import { releasesFeature } from './features/releases/index.js';
import { secretsFeature } from './features/secrets/index.js';
import { serviceFeature } from './features/service/index.js';
import { tenantsFeature } from './features/tenants/index.js';

/** All features, in the order in which their migrations and `prepare` steps run. */
export const FEATURES: readonly ControllerFeature[] = [
  serviceFeature,
  tenantsFeature,
  appliancesFeature,
  applicationsFeature,
  policiesFeature,
  accessFeature,
  auditFeature,
  pkiFeature,
  enrolmentFeature,
  secretsFeature,
  releasesFeature,
  desiredStateFeature,
  networkFeature,
  contentFeature,
  partitionsFeature,
  eventsFeature,
  healthFeature,
  blocksFeature,
  haFeature,
  liveFeature,
  brokerFeature,
];
