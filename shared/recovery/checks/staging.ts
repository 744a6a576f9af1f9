import { type Found, failed, passed } from './found';

/** Where code has run before, as it is there now. */
export type Staged = {
  /** `function` or `function:alias` */
  readonly where: string;
  /** Null where there is no such function or alias. */
  readonly codeSha256: string | null;
  /** When it was deployed there: ISO 8601. */
  readonly since: string;
  /** Sums since then, from the first whole minute on. */
  readonly invocations: number;
  readonly errors: number;
};

/** What `staging` is judged by. Null: policy asks for none for this function. */
export type StagingFacts = Staged | { readonly where: string; readonly error: string } | null;

/** The same package has run where policy has it run first, and without errors. Pure. */
export const staging = (facts: StagingFacts, codeSha256: string): Found => {
  if (facts === null) return passed('policy asks for none');
  if ('error' in facts) return failed(`${facts.where} could not be looked at: ${facts.error}`);
  const { where, since, invocations, errors } = facts;
  if (facts.codeSha256 === null) return failed(`there is no ${where}`);
  if (facts.codeSha256 !== codeSha256)
    return failed(`${where} has other code: ${facts.codeSha256}, and ${codeSha256} would be released`);
  if (invocations === 0)
    return failed(`${where} has the same code since ${since}, and did not run since (CloudWatch)`);
  return errors > 0
    ? failed(`of ${invocations} invocation(s) of ${where} since ${since}, ${errors} failed (CloudWatch)`)
    : passed(`${where} has the same code since ${since}, and ran ${invocations} time(s) without an error`);
};
