-- Messages and facts are named by their topic, too. Under the old names a repeat would count twice and a withdrawal miss its fact.
DO $$ BEGIN
    IF EXISTS (SELECT FROM {schema}.inbox) THEN
        RAISE EXCEPTION 'the messages of {schema} were named without their topics; go back to the release that wrote them, or start anew (./suishi reset) and let everybody send again';
    END IF;
END $$;
