import type { Answer } from '../../shared/compliance/facts';

/** An answer, or the name of what stood in the way: a check that could not be run must not pass for one that held. */
export const ask = async <T>(asked: Promise<T>): Promise<Answer<T>> => {
  try {
    return { got: await asked };
  } catch (error) {
    return { why: error instanceof Error ? `${error.name}: ${error.message}`.slice(0, 300) : String(error) };
  }
};

/** What an error of this name means; every other flies. */
export const onError =
  <T>(name: string, value: T) =>
  (error: unknown): T => {
    if (error instanceof Error && error.name === name) return value;
    throw error;
  };
