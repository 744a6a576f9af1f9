import { matches } from '../policy/wildcard';
import type { Call } from './call';

/** What a rule may know of the account beside the call itself. */
export type Setting = {
  /** ARNs or names of principals that deploy functions; `*` is a wildcard. */
  readonly knownDeployers: readonly string[];
  /** Account ids that are one's own beside the account of the call. */
  readonly ownAccounts: readonly string[];
  /** What the names of our own roles begin with; what they do is no sign. Absent where there is no deployment. */
  readonly ours?: string;
};

export const NO_SETTING: Setting = { knownDeployers: [], ownAccounts: [] };

/** Whether one of our own roles made a call. */
export const isOurs = ({ caller, account }: Call, { ours }: Setting): boolean =>
  ours !== undefined &&
  caller.roleArn !== null &&
  caller.account === account &&
  caller.roleArn.slice(caller.roleArn.lastIndexOf('/') + 1).startsWith(ours);

/** Whether somebody deployed who is known to deploy. CloudFormation deploys what somebody was allowed to give it. */
export const isKnownDeployer = ({ caller }: Call, { knownDeployers }: Setting): boolean =>
  caller.invokedBy === 'cloudformation.amazonaws.com' ||
  knownDeployers.some((pattern) =>
    [caller.arn, caller.roleArn, caller.userName].some((name) => name !== null && matches(pattern, name)),
  );

/** Whether an account is neither the call's own nor one of ours. What is no account id is none. */
export const isForeign = (account: string, call: Call, { ownAccounts }: Setting): boolean =>
  /^\d{12}$/.test(account) && account !== call.account && !ownAccounts.includes(account);
