    if (!expectationHolds(end)) {
      return ifNew(() => conflict(end));
    }
    const createFrom = (index) => {
      if (index === events.length) {
        return answer("appended", end + events.length);
      }
      const item = document(end + index + 1, events[index]);
      collection.createDocument(link, item, (error) =>
        error ? refused(error, index) : createFrom(index + 1));
    };
    createFrom(0);
