import { createContext, useContext } from 'react';

/** Ends the dashboard, well or with an error; the first call counts. */
export type Complete = (error?: Error) => void;

export const CompleteContext = createContext<Complete>(() => {});

/** The one way out of a mounted app: nothing below the command ends the process. */
export function useComplete(): Complete {
	return useContext(CompleteContext);
}
