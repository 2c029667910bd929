import { describeInLab } from '@phalanx/testing';
import { cordCut } from '../scenarios/12-cord-cut.js';
import { describeScenario } from './describe-scenario.js';

describeInLab('on a test network', () => describeScenario(cordCut));
