import type { BasicTools, Collector } from './collector';
import { changes } from './collectors/changes';
import { code } from './collectors/code';
import { configuration } from './collectors/configuration';
import { durableExecutions } from './collectors/durableExecutions';
import { environment } from './collectors/environment';
import { eventSources } from './collectors/eventSources';
import { invocations } from './collectors/invocations';
import { logs } from './collectors/logs';
import { metrics } from './collectors/metrics';
import { response } from './collectors/response';
import { role } from './collectors/role';
import { roleSessions } from './collectors/roleSessions';
import { stepFunctions } from './collectors/stepFunctions';
import { traces } from './collectors/traces';
import { undo } from './collectors/undo';

/** What says which code would run, and how: sealed also of what is deployed while a function is contained. */
export const CANDIDATE_COLLECTORS: readonly Collector<BasicTools>[] = [code, configuration];

/** The collectors, in the order in which their evidence vanishes. */
export const COLLECTORS: readonly Collector[] = [
  ...CANDIDATE_COLLECTORS,
  environment,
  eventSources,
  role,
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
