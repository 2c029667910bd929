import { rogueEnrolment } from '../scenarios/17-rogue-enrolment.js';
import { describeScenario } from './describe-scenario.js';

describeScenario(rogueEnrolment);
