/** What was asked of the deployment: an answer, or why there is none. */
export type Answer<T> = { readonly got: T } | { readonly why: string };

/** What was looked at, as a clause, and what is wrong with it. */
export type Looked = { readonly found: string; readonly problems: readonly string[] };

export type RoleState = {
  readonly role: string;
  /** Of what the template gives it, what it has not; null where the role or its policy is gone. */
  readonly missing: readonly string[] | null;
  /** What it has beyond the most that the template ever gives it. */
  readonly extra: readonly string[];
};

export type TableState = {
  readonly table: string;
  readonly deletionProtected: boolean;
  readonly recoverable: boolean;
  /** Under a KMS key; else under a key that DynamoDB owns. */
  readonly kms: boolean;
};

export type LogGroupState = { readonly group: string /** Null: for ever. */; readonly days: number | null };

export type FunctionSettings = {
  readonly name: string;
  readonly settings: Readonly<Record<string, string>>;
};

/** The live deployment, as far as the checks need it. */
export type Facts = {
  readonly now: Date;
  readonly roles: Answer<readonly RoleState[]>;
  readonly functions: Answer<readonly FunctionSettings[]>;
  /** What a policy file says; null where none was given. */
  readonly policyFile: Answer<{
    readonly file: string;
    readonly settings: Readonly<Record<string, string>>;
  } | null>;
  readonly lock: Answer<{ readonly mode: string; readonly days: number } | null>;
  /** The algorithm that new objects are encrypted with. */
  readonly bucketEncryption: Answer<string | null>;
  /** Which of the four settings are on. */
  readonly publicAccessBlock: Answer<readonly string[]>;
  readonly versioning: Answer<string>;
  readonly tables: Answer<readonly TableState[]>;
  readonly keys: Answer<Looked>;
  readonly logGroups: Answer<readonly LogGroupState[]>;
  readonly trail: Answer<Looked>;
  readonly rules: Answer<Looked>;
  readonly alarms: Answer<Looked>;
  readonly history: Answer<Looked>;
  /** Null where nothing was sealed yet. */
  readonly manifests: Answer<Looked | null>;
  /** When a drill was last released, ISO 8601; null where there was none. */
  readonly lastDrill: Answer<string | null>;
};
