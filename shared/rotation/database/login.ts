import * as z from 'zod';

export const ENGINES = ['postgres', 'mysql'] as const;
export type EngineName = (typeof ENGINES)[number];

/** `engine` as AWS writes it, for each that is spoken to in the same way. */
const SPOKEN: Readonly<Record<string, EngineName>> = {
  postgres: 'postgres',
  'aurora-postgresql': 'postgres',
  mysql: 'mysql',
  mariadb: 'mysql',
  aurora: 'mysql',
  'aurora-mysql': 'mysql',
};

const PORTS: Readonly<Record<EngineName, number>> = { postgres: 5432, mysql: 3306 };

/** Without control characters: in PostgreSQL's first message a zero byte begins the next field. */
const text = z
  .string()
  .max(1000)
  .regex(/^[^\p{Cc}]+$/u);
const schema = z.object({
  engine: z.enum(Object.keys(SPOKEN) as [string, ...string[]]),
  // A path would be a socket of the machine that this runs on.
  host: text.regex(/^[^/@]+$/),
  username: text,
  password: z
    .string()
    .max(4000)
    .regex(/^[^\0]+$/),
  dbname: text.optional(),
  port: z.coerce.number().int().min(1).max(65_535).optional(),
  masterarn: text.optional(),
  ssl: z.union([z.boolean(), z.enum(['true', 'false']).transform((value) => value === 'true')]).optional(),
});

/** How a database user logs in. `required`: never without TLS. */
export type Login = {
  readonly engine: EngineName;
  readonly host: string;
  readonly port: number;
  readonly username: string;
  readonly password: string;
  readonly database: string | null;
  readonly masterArn: string | null;
  readonly tls: 'preferred' | 'required' | 'off';
};

/** The secret's text is not what AWS's rotation expects of a database. Names the field, never what is in it. */
export class NotALoginError extends Error {
  override readonly name = 'NotALoginError';
}

const readJson = (value: string): unknown => {
  try {
    return JSON.parse(value);
  } catch {
    return null;
  }
};

/**
 * Reads a secret in the form that AWS's rotation functions take (Secrets Manager user guide, "JSON structure of
 * secrets"). Throws {@link NotALoginError}.
 */
export const readLogin = (value: string): Login => {
  const parsed = schema.safeParse(readJson(value));
  if (!parsed.success) {
    const field = String(parsed.error.issues[0]?.path[0] ?? '');
    throw new NotALoginError(
      field === ''
        ? 'the secret holds no JSON object: it needs engine, host, username and password'
        : `the secret's field ${field} is missing or not what it must be`,
    );
  }
  const { engine, host, username, password, dbname, port, masterarn, ssl } = parsed.data;
  const spoken = SPOKEN[engine] ?? 'postgres';
  return {
    engine: spoken,
    host,
    port: port ?? PORTS[spoken],
    username,
    password,
    database: dbname ?? null,
    masterArn: masterarn ?? null,
    tls: ssl === undefined ? 'preferred' : ssl ? 'required' : 'off',
  };
};

/** The same secret with another user and password, everything else as it stands there. */
export const withLogin = (value: string, username: string, password: string): string =>
  JSON.stringify({ ...(readJson(value) as Record<string, unknown>), username, password });

const CLONE = '_clone';
/** The user that alternates with this one, as AWS's rotation functions call it. */
export const otherUser = (username: string): string =>
  username.endsWith(CLONE) ? username.slice(0, -CLONE.length) : `${username}${CLONE}`;
