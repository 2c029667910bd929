import { labReason } from '@phalanx/testing';
import { oddClocks } from '../scenarios/21-odd-clocks.js';
import { describeScenario } from './describe-scenario.js';

describeScenario(oddClocks, labReason());
