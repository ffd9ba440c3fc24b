    if (!expectationHolds(end)) {
      return ifNew(() => conflict(end));
    }
    const createFrom = (index) => {
      if (index === events.length) {
        return answer("appended", end + events.length);
      }
      const item = document(end + index + 1, events[index]);
      const accepted = collection.createDocument(link, item, (error) =>
        error ? conflict(end) : createFrom(index + 1));
      mustBeAccepted(accepted);
    };
    createFrom(0);
