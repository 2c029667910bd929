import { tenantWalls } from '../scenarios/16-tenant-walls.js';
import { describeScenario } from './describe-scenario.js';

describeScenario(tenantWalls);
