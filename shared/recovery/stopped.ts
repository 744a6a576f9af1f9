import type { Stopped } from '../incident/incident';

/** Tries that follow within seconds, of which nobody is told: IAM's changes take that long to be effective. */
const SOON_TRIES = 3;
/** Tries that follow after minutes (the playbook waits five), of which people are told once. */
const LATER_TRIES = 6;

/**
 * Answers of AWS that another try may change: throttling, something busy, a service's own fault; and what Lambda calls an
 * invalid value when a reservation cannot be afforded, or a role may not yet send to a destination.
 */
const MAY_PASS: readonly string[] = [
  'TooManyRequestsException',
  'ThrottlingException',
  'Throttling',
  'RequestLimitExceeded',
  'ProvisionedThroughputExceededException',
  'LimitExceededException',
  'ServiceException',
  'ServiceFailureException',
  'InternalFailure',
  'ServiceUnavailable',
  'ResourceConflictException',
  'ResourceInUseException',
  'ResourceNotReadyException',
  'ConcurrentModificationException',
  'ConcurrentUpdateException',
  'PreconditionFailedException',
  'InvalidParameterValueException',
  'MappingNotRestoredError',
  'NotRecycledError',
  'TimeoutError',
];

type AwsFault = { readonly $fault?: unknown; readonly $retryable?: unknown };

const mayPass = (error: unknown): boolean => {
  if (!(error instanceof Error)) return false;
  const { $fault, $retryable } = error as AwsFault;
  return MAY_PASS.includes(error.name) || $fault === 'server' || $retryable !== undefined;
};

/** The cause that lies deepest: what AWS said, not what we said of it. */
const rootOf = (error: unknown): unknown =>
  error instanceof Error && error.cause !== undefined ? rootOf(error.cause) : error;

const explain = (error: unknown): string =>
  error instanceof Error ? `${error.name}: ${error.message}` : String(error);

/**
 * How a release goes on that could not put everything back. It is tried again by itself a bounded number of times, less
 * often as time goes by; then, and sooner where trying is of no use, a human decides. A new decision is tried as often
 * again. Pure.
 */
export const stoppedBy = (
  error: unknown,
  before: Stopped | undefined,
  decidedAt: string,
  now: Date,
): Stopped => {
  const tries = before?.decidedAt === decidedAt ? before.tries + 1 : 1;
  const passes = mayPass(rootOf(error));
  const later = passes && tries <= SOON_TRIES + LATER_TRIES ? 'later' : 'human';
  return {
    at: now.toISOString(),
    because: explain(error),
    tries,
    decidedAt,
    next: tries <= SOON_TRIES ? 'soon' : later,
    ...(before?.relapse === undefined ? {} : { relapse: before.relapse }),
  };
};

/** Whether people are told of a try that will be repeated: once, when the quick tries were not enough. */
export const isFirstLater = ({ next, tries }: Stopped): boolean =>
  next === 'later' && tries === SOON_TRIES + 1;
