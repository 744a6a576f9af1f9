const TAGGED = /^plugin:([\w-]{1,40})$/;

/**
 * The function that a secret's tag (`plugin:<name>`) leaves its rotation to; null for any other value. Its name begins in
 * one way always, so that whoever may tag a secret has nothing else invoked.
 */
export const pluginOf = (tagged: string | undefined): string | null => {
  const name = TAGGED.exec(tagged ?? '')?.[1];
  return name === undefined ? null : `rotator-${name}`;
};
