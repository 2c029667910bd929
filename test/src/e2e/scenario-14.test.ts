import { describeInLab } from '@phalanx/testing';
import { drift } from '../scenarios/14-drift.js';
import { describeScenario } from './describe-scenario.js';

describeInLab('on a test network', () => describeScenario(drift));
