import { labReason } from '@phalanx/testing';
import { replacement } from '../scenarios/22-replacement.js';
import { describeScenario } from './describe-scenario.js';

describeScenario(replacement, labReason());
