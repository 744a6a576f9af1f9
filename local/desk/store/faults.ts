/** How a method is to misbehave: Slack's own error with 200, or another HTTP status. */
export type Fault = {
  /** A Slack method, `upload/v1` for the bytes of a file, or `v2/enqueue` for PagerDuty. */
  readonly method: string;
  readonly error?: string | undefined;
  readonly status?: number | undefined;
  /** Seconds, for the Retry-After header. */
  readonly retryAfter?: number | undefined;
  readonly times: number;
};

export type Faults = {
  readonly all: () => readonly Fault[];
  /** Takes the place of an earlier fault of the same method; zero times takes it away. */
  readonly set: (fault: Fault) => void;
  /** The fault that this call meets, used up by it. */
  readonly take: (method: string) => Fault | undefined;
};

export const openFaults = (): Faults => {
  const byMethod = new Map<string, Fault>();
  const set = (fault: Fault): void => {
    if (fault.times > 0) byMethod.set(fault.method, fault);
    else byMethod.delete(fault.method);
  };
  return {
    all: () => [...byMethod.values()],
    set,
    take: (method) => {
      const fault = byMethod.get(method);
      if (fault !== undefined) set({ ...fault, times: fault.times - 1 });
      return fault;
    },
  };
};
