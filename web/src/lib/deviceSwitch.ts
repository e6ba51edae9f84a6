import { useSyncExternalStore } from "react";

/** A switch of this device: kept outside the vault, in the browser, so it may say nothing about the record or the people in it. */
export interface DeviceSwitch {
  readonly isOn: () => boolean;
  readonly set: (on: boolean) => void;
  readonly useOn: () => boolean;
}

/** @param byDefault how it stands until somebody moves it: only the other way is kept */
export function deviceSwitch(key: string, byDefault: boolean): DeviceSwitch {
  const listeners = new Set<() => void>();
  const moved = byDefault ? "off" : "on";
  const isOn = (): boolean => {
    try {
      return (localStorage.getItem(key) === moved) !== byDefault;
    } catch {
      // A browser that lets this site store nothing: nobody can have moved it.
      return byDefault;
    }
  };
  const listen = (listener: () => void): (() => void) => {
    listeners.add(listener);
    return () => listeners.delete(listener);
  };
  return {
    isOn,
    set: (on) => {
      if (on === byDefault) localStorage.removeItem(key);
      else localStorage.setItem(key, moved);
      for (const listener of listeners) listener();
    },
    useOn: () => useSyncExternalStore(listen, isOn),
  };
}
