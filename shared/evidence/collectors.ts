import type { BasicTools, Collector } from './collector';
import { advisories } from './collectors/advisories';
import { changes } from './collectors/changes';
import { code } from './collectors/code';
import { configuration } from './collectors/configuration';
import { durableExecutions } from './collectors/durableExecutions';
import { environment } from './collectors/environment';
import { eventSources } from './collectors/eventSources';
import { invocations } from './collectors/invocations';
import { latestCode } from './collectors/latestCode';
import { layers } from './collectors/layers';
import { logs } from './collectors/logs';
import { metrics } from './collectors/metrics';
import { previousCode } from './collectors/previousCode';
import { response } from './collectors/response';
import { role } from './collectors/role';
import { roleSessions } from './collectors/roleSessions';
import { signing } from './collectors/signing';
import { stepFunctions } from './collectors/stepFunctions';
import { targets } from './collectors/targets';
import { traces } from './collectors/traces';
import { undo } from './collectors/undo';

/** What says which code would run, and how: sealed also of what is deployed while a function is contained. */
export const CANDIDATE_COLLECTORS: readonly Collector<BasicTools>[] = [code, configuration];

/** The collectors, in the order in which their evidence vanishes. */
export const COLLECTORS: readonly Collector[] = [
  ...CANDIDATE_COLLECTORS,
  latestCode,
  previousCode,
  signing,
  environment,
  eventSources,
  role,
  targets,
  layers,
  advisories,
  logs,
  traces,
  metrics,
  durableExecutions,
  stepFunctions,
  roleSessions,
  changes,
  invocations,
  response,
  undo,
];
